import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { actOnVolume, asked, failure, hostsOf } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld({ gateway: { WAIT_LIMIT_MS: 700 }, times: { LEASE_MS: 15_000 } })), 120_000);
afterEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

const GIVEN_UP = failure('Unable to fetch connection information from backend.');
const initialize = (volume: string) => actOnVolume(world, volume, 'os-initialize_connection', { connector: aConnector() });
const nothingUnfinished = () => until('nothing is unfinished', async () => (await world.unfinished()).length === 0);

it('a connect that is given up is taken back, and a reservation stays with whoever has it', async () => {
  const volume = await world.volume();
  await actOnVolume(world, volume, 'os-reserve');
  world.driver.faults = { hangOn: ['initializeConnection'] };

  expect(await initialize(volume)).toMatchObject(GIVEN_UP);
  world.driver.faults = {};

  await nothingUnfinished();
  expect(hostsOf(world, volume)).toEqual([]);
  expect(await world.query(`select 1 from operations where volume_id = $1 and kind = 'connect' and touched`, [volume])).toEqual([]);
  expect(await world.st(volume)).toEqual(['attaching', 'detached']);
});

it('a repeat that is given up leaves the connection that was there before', async () => {
  const volume = await world.volume();
  expect((await initialize(volume)).status).toBe(200);
  world.driver.faults = { hangOn: ['initializeConnection'] };

  expect(await initialize(volume)).toMatchObject(GIVEN_UP);
  await until('the driver was asked again', () => asked(world, volume, 'initializeConnection') === 2);
  world.driver.faults = {};

  await nothingUnfinished();
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
});
