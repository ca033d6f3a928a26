import 'reflect-metadata';
import { failStart, ProcessLogger } from '@app/platform';
import { CommandFactory } from 'nest-commander';
import { adminConfig } from './admin.config.js';
import { AdminModule } from './admin.module.js';
import { exitCodeOf } from './exit-code.js';

/** Standard output is the command's alone, and its notes are on standard error; only what is amiss is logged there too. */
const logger = new ProcessLogger({ LOG_LEVEL: 'warn' });

function rethrow(error: Error): never {
  throw error;
}

async function main(): Promise<void> {
  process.stdout.on('error', () => process.exit()); // whoever read has seen enough
  const app = AdminModule.forRoot(() => adminConfig(process.env));
  try {
    await CommandFactory.run(app, {
      logger,
      errorHandler: rethrow,
      serviceErrorHandler: rethrow,
      abortOnError: false,
    });
  } catch (error) {
    process.exitCode = exitCodeOf(error, process.stderr);
  }
}

main().catch(failStart);
