import { until } from '../support/until';
import { startWorld, type World } from '../support/world';
import { absent, asked, pending, remove, update } from './calls';

let world: World;
// Attempts so far apart that a detach comes between two of them.
beforeAll(async () => (world = await startWorld({ times: { LEASE_MS: 15_000, BACKOFF_MS: 3_000 } })), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

it('an attach that a delete overtakes, and that then fails for now, ends with the detach', async () => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = { hangOn: ['initializeConnection'] };
  const attaching = pending(update(world, id));
  await until('the driver is asked', () => asked(world, volume, 'initializeConnection') > 0);
  const deleting = pending(remove(world, id));
  await until('the detach waits', async () => (await world.unfinished()).some(({ kind }) => kind === 'detach'));

  world.driver.faults = { failOn: { initializeConnection: { message: 'away', kind: 'unavailable' } } };

  expect(await deleting).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await attaching).toMatchObject(absent(id));
  await world.settled();
  expect(await world.query('select kind, state from operations where volume_id = $1 order by created_at', [volume])).toEqual([
    { kind: 'create-volume', state: 'succeeded' },
    { kind: 'attach', state: 'failed' },
    { kind: 'detach', state: 'succeeded' },
  ]);
});
