import type { LoggerService } from '@nestjs/common';
import pino from 'pino';
import { logContext } from './log-context.js';
import type { LogConfig } from './log.config.js';
import { logRecord } from './log-record.js';
import { asText } from './log-text.js';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug';

/** Where lines go; each call has one whole line. */
interface Out {
  write(text: string): unknown;
}

const STDERR = 2;
const OF_NEST = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication', 'NestMicroservice']);
const NO_CONTEXT = {};

/**
 * The logger of every process. It writes to standard error only, since standard output is for what was asked for (a `ready` line, a table): one
 * JSON object a line, with what the context says (`inLogContext`), or text where that is a terminal. It does not wait for its lines to be
 * written; whatever ends the process other than a SIGKILL writes what is left. Secrets are taken out by the names of their keys, and passwords
 * out of URLs, a second line of defence behind never logging them.
 */
export class ProcessLogger implements LoggerService {
  private readonly pino: pino.Logger;

  constructor({ LOG_LEVEL }: LogConfig, json = !process.stderr.isTTY, out: Out = json ? buffered() : process.stderr) {
    this.pino = pino(
      {
        level: LOG_LEVEL,
        base: { pid: process.pid },
        messageKey: 'message',
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (level) => ({ level }) },
        mixin: () => logContext() ?? NO_CONTEXT,
        // pino would write the line's own fields into the context.
        mixinMergeStrategy: (fields, context) => ({ ...context, ...fields }),
      },
      json ? out : { write: (line: string) => void out.write(asText(line)) },
    );
  }

  /** Nest tells at every start which routes and modules it has; that is for debugging. */
  log(message: unknown, ...beside: unknown[]): void {
    this.write(OF_NEST.has(beside.at(-1) as string) ? 'debug' : 'info', message, beside);
  }

  fatal(message: unknown, ...beside: unknown[]): void {
    this.write('fatal', message, beside);
  }

  error(message: unknown, ...beside: unknown[]): void {
    this.write('error', message, beside);
  }

  warn(message: unknown, ...beside: unknown[]): void {
    this.write('warn', message, beside);
  }

  debug(message: unknown, ...beside: unknown[]): void {
    this.write('debug', message, beside);
  }

  verbose(message: unknown, ...beside: unknown[]): void {
    this.write('debug', message, beside);
  }

  private write(level: Level, said: unknown, beside: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const { message, fields } = logRecord(said, beside);
    this.pino[level](fields, message);
  }
}

/** Written in the background, one write at a time; pino flushes it when the process ends. */
const buffered = (): Out => pino.destination({ dest: STDERR, sync: false });
