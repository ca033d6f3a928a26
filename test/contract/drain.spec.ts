import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { asked, create, failure, hostsOf, LONG_LEASE, pending, rowsOf, update, joining } from './calls';

/** A gateway that is told to end while callers wait: its wait limit is far beyond this test's own. */
let world: World;
beforeAll(
  async () => (world = await startWorld({ gateways: 2, times: LONG_LEASE, gateway: { WAIT_LIMIT_MS: 600_000, DRAIN_MS: 500 } })),
  120_000,
);
afterAll(() => world.stop());

it('its callers hear what they would hear at the wait limit, and another gateway lets them join', async () => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = { hangOn: ['initializeConnection'] };
  const waiting = pending(update(world, id));
  await until('the attach is with the driver', () => asked(world, volume, 'initializeConnection') === 1);

  await world.gateways.shift()?.stop();

  expect(await waiting).toMatchObject({ status: 504, body: { computeFault: { code: 504 } } });
  const { answer: again } = await joining(world, id);
  world.driver.faults = {};
  expect((await again).status).toBe(200);
  expect(asked(world, volume, 'initializeConnection')).toBe(1);
});

it('a caller whose work ends while it drains is told so', async () => {
  const { id, volume } = await world.reservedAttachment();
  await world.startGateway();
  world.driver.faults = { hangOn: ['initializeConnection'] };
  const waiting = pending(update(world, id));
  await until('the attach is with the driver', () => asked(world, volume, 'initializeConnection') === 1);

  const stopped = pending(world.gateways.shift()?.stop() ?? Promise.resolve());
  world.driver.faults = {};

  expect((await waiting).status).toBe(200);
  await stopped;
});

it('a create is taken back before its caller hears 500', async () => {
  const volume = await world.volume();
  await world.startGateway();
  world.driver.faults = { hangAfter: ['initializeConnection'] };
  const waiting = pending(create(world, volume, { connector: aConnector() }));
  await until('the host is connected', () => hostsOf(world, volume).length === 1);

  await world.gateways.shift()?.stop();

  expect(await waiting).toMatchObject(failure('Unable to create attachment for volume.'));
  expect((await world.unfinished()).filter((op) => op.volume_id === volume).map(({ kind }) => kind as string)).toContain('detach');
  world.driver.faults = {};
  await until('the row is gone', async () => (await rowsOf(world, volume)).length === 0);
  expect(hostsOf(world, volume)).toEqual([]);
});
