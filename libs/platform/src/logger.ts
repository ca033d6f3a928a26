import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogConfig } from './log.config.js';
import { redact } from './redact.js';

const FROM: Record<LogConfig['LOG_LEVEL'], LogLevel[]> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

const OF_NEST = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication', 'NestMicroservice']);

/**
 * The logger of every process. It writes to standard error only, since standard output is for what was asked for (a `ready` line, a table);
 * secrets are taken out by the names of their keys, a second line of defence behind never logging them.
 */
export class ProcessLogger extends ConsoleLogger {
  constructor({ LOG_LEVEL }: LogConfig, json = !process.stderr.isTTY) {
    super({ prefix: 'Mooring', logLevels: FROM[LOG_LEVEL], json, colors: !json });
  }

  /** Nest tells at every start which routes and modules it has; that is for debugging. */
  override log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (typeof context === 'string' && OF_NEST.has(context)) return this.debug(message, ...rest);
    super.log(message, ...rest);
  }

  protected override printMessages(
    messages: unknown[],
    context?: string,
    level?: LogLevel,
    _stream?: 'stdout' | 'stderr',
    stack?: unknown,
    params?: Record<string, unknown>,
  ): void {
    super.printMessages(messages.map(this.readable), context, level, 'stderr', stack, redact(params) as typeof params);
  }

  /** The whole record once more, since Nest itself takes an error, its causes and a stack apart for it. */
  protected override getJsonLogObject(
    ...record: Parameters<ConsoleLogger['getJsonLogObject']>
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    return redact(super.getJsonLogObject(...record)) as ReturnType<ConsoleLogger['getJsonLogObject']>;
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(redact(stack) as string);
  }

  /** As JSON an error keeps its parts; as text it is its stack and those of its causes, without what else hangs on it (query parameters). */
  private readonly readable = (message: unknown): unknown => {
    const said = this.resolveMessage(message);
    return this.options.json && said instanceof Error ? said : redact(said);
  };
}
