import { HandOver } from '@app/attachments';
import type { Connection, DriverCall } from '@app/domain';
import { AbandonedCall, HandedOver, within, withoutSecrets } from './driver-step.js';

function aCall() {
  const abort = new AbortController();
  const call: DriverCall = { attachmentId: 'a', number: 1n, deadline: new Date(Date.now() + 60_000), signal: abort.signal } as DriverCall;
  return { call, abort };
}

/** A driver that lets go as soon as it is told to. */
const obedient = ({ signal }: DriverCall) =>
  new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(new Error('let go'))));

it.each([
  ['lets go', obedient, { ended: true }],
  ['does not let go', () => new Promise<string>(() => undefined), { ended: false }],
])('when the process ends and the driver %s, the work is handed over and says so', async (_, driver, told) => {
  const { call, abort } = aCall();
  const work = within(call, driver);

  abort.abort(new HandOver());

  await expect(work).rejects.toBeInstanceOf(HandedOver);
  await expect(work).rejects.toMatchObject(told);
});

it('when the process ends and the driver succeeds all the same, that is its answer', async () => {
  const { call, abort } = aCall();
  const work = within(call, () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), 20)));

  abort.abort(new HandOver());

  expect(await work).toBe('done');
});

it('once the process ends no further call is made', async () => {
  const { call, abort } = aCall();
  abort.abort(new HandOver());
  const driver = jest.fn(async () => 'done');

  await expect(within(call, driver)).rejects.toMatchObject({ ended: true });
  expect(driver).not.toHaveBeenCalled();
});

it('when the claim is lost, nobody waits for the driver', async () => {
  const { call, abort } = aCall();
  const work = within(call, () => new Promise<string>(() => undefined));

  abort.abort(new Error('its claim was taken over'));

  await expect(work).rejects.toBeInstanceOf(AbandonedCall);
});

it('keeps nothing of a secret that another one begins', () => {
  const connection = { credential: { secret: 'abcdefgh' }, connector: { one_password: 'abcd', other_password: 'abcdef' } };

  expect(withoutSecrets('abcd, abcdef, abcdefgh', [connection as unknown as Connection])).toBe('***, ***, ***');
});
