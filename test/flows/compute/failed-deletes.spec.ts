import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { hostsOf, rowsOf } from '../../contract/calls';
import { attachedDevice } from './block-device';
import { UserRequest } from './nova';

/** Deletes that the backend refuses; Nova sends each five times. */
let world: World;
beforeAll(async () => (world = await startGuardedWorld()), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterEach(() => world.settled());
afterAll(() => world.stop());

it('a delete that fails twice succeeds at the third attempt', async () => {
  const { volume, attachment } = await attachedDevice(world);
  const detach = new UserRequest(world, { volumes: { V: volume } });
  world.driver.faults = { failOn: { terminateConnection: { message: 'stuck', times: 2 } } };

  await detach.api.beginDetaching(volume);
  await detach.compute().attachmentDelete(attachment);

  expect(detach.trace({ A: attachment }).slice(1)).toEqual([
    ...Array<string>(2).fill('compute DELETE P/attachments/A 3.44 → 500, detaching (attached)'),
    'compute DELETE P/attachments/A 3.44 → 200, available',
  ]);
  expect(await rowsOf(world, volume)).toEqual([]);
  expect(hostsOf(world, volume)).toEqual([]);
});

it('a delete that fails five times leaves all as it was, for the next one', async () => {
  const { volume, attachment } = await attachedDevice(world);
  const remove = new UserRequest(world, { volumes: { V: volume } });
  world.driver.faults = { failOn: { terminateConnection: 'stuck' } };

  await expect(remove.compute().attachmentDelete(attachment)).rejects.toMatchObject({ exception: 'ClientException', code: 500 });
  const hosts = hostsOf(world, volume);
  world.driver.faults = {};
  await remove.compute().attachmentDelete(attachment);

  expect(hosts).toEqual(['compute']);
  expect(remove.trace({ A: attachment })).toEqual([
    ...Array<string>(5).fill('compute DELETE P/attachments/A 3.44 → 500, in-use (attached)'),
    'compute DELETE P/attachments/A 3.44 → 200, available',
  ]);
  expect(await rowsOf(world, volume)).toEqual([]);
  expect(hostsOf(world, volume)).toEqual([]);
});
