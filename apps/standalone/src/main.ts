import 'reflect-metadata';
import { failStart, onShutdown, ProcessLogger } from '@app/platform';
import { Opened } from './opened.js';
import { standaloneConfig } from './standalone.config.js';
import { start } from './start.js';
import { welcome } from './welcome.js';

async function main(): Promise<void> {
  process.umask(0o077); // disks, keys and the database are nobody else's, also in a folder that was there before
  const config = standaloneConfig(process.env);
  const logger = new ProcessLogger(config.log);
  const opened = new Opened();
  const url = await start(config, logger, opened).catch(async (error: unknown) => {
    await opened.closeAll().catch((failure: unknown) => logger.error(failure)); // why it did not start matters more
    throw error;
  });
  onShutdown(() => opened.closeAll(), logger);
  if (process.env.DATABASE_URL) logger.warn('DATABASE_URL is set, but standalone keeps its own database in DATA_DIR');
  process.stdout.write(config.keystone ? `ready ${url}\n` : welcome(url)); // its requests carry a token that only noauth takes
}

main().catch(failStart);
