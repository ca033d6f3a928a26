import { setTimeout as pause } from 'node:timers/promises';
import type { Faults } from '@app/drivers';
import { FORM } from './form';
import type { Random } from './random';
import { type Recorded, saysWhy } from './recorder';
import type { Scenario } from './scenario';

const { WAIT_LIMIT_MS = 0, DRIVER_TIMEOUT_MS = 0 } = FORM.driverTimes;
const METHODS = ['initializeConnection', 'terminateConnection'] as const;

/** A driver of a tenth of the wait limit, so that nobody comes to that limit but for the fault. */
const faultyBackend = (name: string, faultsOf: (random: Random) => Faults, explains: Scenario['explains']): Scenario => ({
  name: `driver ${name}`,
  times: { ...FORM.times, ...FORM.driverTimes },
  driverMs: WAIT_LIMIT_MS / 10,
  explains,
  prepare: async ({ installation, random, faults, note }) => {
    const wrong = faultsOf(random);
    return async () => {
      note(`the driver's faults: ${JSON.stringify(wrong)}`);
      installation.faults = { ...faults, ...wrong };
      await pause(FORM.driverFaultMs);
      installation.faults = faults;
    };
  },
});

/** Whoever stops waiting at the limit hears 504, of a create 500; so may those who wait behind it on the same volume. */
const atTheLimit = ({ verb, status, invokedAt, answeredAt }: Recorded, from: number, to: number): boolean => {
  const waited = (answeredAt ?? 0) - invokedAt >= WAIT_LIMIT_MS - 100;
  const inTime = invokedAt < to + DRIVER_TIMEOUT_MS && (answeredAt ?? Infinity) > from;
  return waited && inTime && status === (verb === 'update' || verb === 'delete' ? 504 : 500);
};

/** In words, but for a delete, whose reason Cinder hides. */
const itFailed = ({ verb, status, told, answeredAt }: Recorded, from: number): boolean =>
  status === 500 && (answeredAt ?? 0) > from && (verb === 'delete' || saysWhy(told.message ?? ''));

const either: Scenario['explains'] = (call, from, to) => atTheLimit(call, from, to) || itFailed(call, from);

export const FAULTY_BACKENDS: Scenario[] = [
  faultyBackend('hanging', (random) => ({ [random.oneOf(['hangOn', 'hangAfter'])]: METHODS, hangDeaf: random.chance(0.5) }), either),
  faultyBackend(
    'slow',
    () => ({ latencyMs: { initializeConnection: WAIT_LIMIT_MS * 1.2, terminateConnection: WAIT_LIMIT_MS * 1.2 } }),
    atTheLimit,
  ),
  faultyBackend('failing', (random) => ({ failOn: Object.fromEntries(METHODS.map((method) => [method, failureOf(random)])) }), either),
  faultyBackend('losing replies', () => ({ loseReplyOn: METHODS }), atTheLimit),
];

const failureOf = (random: Random) => ({
  message: 'kaboom',
  outcome: random.oneOf(['done', 'notDone', 'unknown'] as const),
  kind: random.oneOf(['unavailable', 'failed'] as const),
  times: random.between(2, 20),
});
