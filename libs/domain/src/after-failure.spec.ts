import { afterAttachFailure, afterOtherFailure } from './after-failure.js';
import { backendUnavailable, DriverError, driverNotReady, invalidConnector } from './driver-error.js';

const WINDOW = 40_000;
const early = { attempts: 1, ageMs: 10, replaces: null };
const late = { attempts: 9, ageMs: 41_000, replaces: null };

it.each([
  ['an invalid connector', early, invalidConnector('initiator'), 'fail', 'invalidConnector'],
  ['a driver that is not ready', early, driverNotReady(), 'fail', 'notReady'],
  ['a backend that is away', early, backendUnavailable('away'), 'again', 'backend'],
  ['a backend that was away too long', late, backendUnavailable('away'), 'undo', 'backend'],
  ['a refusal that was not done', early, new DriverError('failed', 'notDone', 'no'), 'fail', 'backend'],
  [
    'a refusal that was not done this time, but maybe before',
    { ...early, attempts: 2 },
    new DriverError('failed', 'notDone', 'no'),
    'undo',
    'backend',
  ],
  ['a refusal of unknown outcome', early, new DriverError('failed', 'unknown', 'no'), 'undo', 'backend'],
  ['an error that nobody meant', early, new TypeError('x is undefined'), 'undo', 'internal'],
])('an attach that meets %s: %s', (_, claim, error, then, reason) => {
  expect(afterAttachFailure(claim, error, WINDOW)).toMatchObject({ then, reason: { class: reason } });
});

it('an error that nobody meant has no text for callers', () => {
  expect(afterAttachFailure(early, new Error('the secret is 42'), WINDOW).reason.text).toBeNull();
});

it.each([
  ['detach', 10, backendUnavailable('away'), 'again'],
  ['detach', 10_000_000, backendUnavailable('away'), 'again'],
  ['detach', 10, new DriverError('failed', 'unknown', 'no'), 'fail'],
  ['detach', 10, new Error('oops'), 'fail'],
  ['settle', 10_000_000, new Error('oops'), 'again'],
  ['create-volume', 10, backendUnavailable('away'), 'again'],
  ['create-volume', 41_000, backendUnavailable('away'), 'fail'],
  ['delete-volume', 10, new DriverError('failed', 'unknown', 'no'), 'fail'],
] as const)('a %s of %d ms: %#', (kind, ageMs, error, then) => {
  expect(afterOtherFailure({ kind, ageMs }, error, WINDOW).then).toBe(then);
});

it('the detach of a create that was given up goes on whatever the driver says', () => {
  expect(afterOtherFailure({ kind: 'detach', ageMs: 10_000_000, abandons: true }, new Error('oops'), WINDOW).then).toBe('again');
});
