import type { LoggerService } from '@nestjs/common';
import type { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

interface Host extends Pick<EventEmitter, 'on'> {
  exit(code: number): void;
}

/** `npm start` passes on a Ctrl-C that the terminal has already sent to the process itself: one wish, two signals. */
const SAME_WISH_MS = 1_000;

/** A drain has limits of its own; should one of them fail, whoever ends processes need not kill this one. */
const LONGEST_DRAIN_MS = 19_000;

/**
 * SIGTERM and SIGINT: drain once, then exit 0 (1 when draining fails, or does not end); a second signal exits at once.
 * An error that nobody caught leaves the process in a state that nobody knows: it is logged whole, and the exit is 1.
 */
export function onShutdown(drain: () => Promise<void>, logger: LoggerService, host: Host = process): void {
  let begun: number | null = null;
  const onSignal = (signal: string) => {
    if (begun !== null) {
      if (Date.now() - begun >= SAME_WISH_MS) host.exit(1);
      return;
    }
    begun = Date.now();
    logger.log(`${signal}: draining`);
    void drained(drain, logger).then((code) => host.exit(code));
  };
  for (const signal of ['SIGTERM', 'SIGINT']) host.on(signal, () => onSignal(signal));
  for (const event of ['uncaughtException', 'unhandledRejection']) host.on(event, (error: unknown) => fail(error, logger, host));
}

async function drained(drain: () => Promise<void>, logger: LoggerService): Promise<number> {
  const late = pause(LONGEST_DRAIN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`draining has not ended within ${LONGEST_DRAIN_MS} ms`);
  });
  try {
    await Promise.race([drain(), late]);
    return 0;
  } catch (error) {
    logger.error(error);
    return 1;
  }
}

function fail(error: unknown, logger: LoggerService, host: Host): void {
  (logger.fatal ?? logger.error).call(logger, error instanceof Error ? error : new Error(String(error)));
  host.exit(1);
}
