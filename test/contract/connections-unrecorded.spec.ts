import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { actOnVolume, asked, hostsOf } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

it('case 227, as it is here: while an export cannot be recorded no host is connected, and then that one export is used', async () => {
  const volume = await world.volume();
  await exportsCannotBeRecorded();

  const connecting = actOnVolume(world, volume, 'os-initialize_connection', { connector: aConnector() });
  await until('the export was made again', () => asked(world, volume, 'createExport') >= 2);
  expect(hostsOf(world, volume)).toEqual([]);
  expect((await world.volumeRow(volume)).provider_location).toBeNull();
  await exportsCanBeRecorded();

  expect(await connecting).toMatchObject({ status: 200, body: { connection_info: { driver_volume_type: 'iscsi' } } });
  expect(hostsOf(world, volume)).toEqual([aConnector().host]);
  expect(world.ledger.exports.filter((id) => id === volume)).toEqual([volume]);
  expect((await world.volumeRow(volume)).provider_location).not.toBeNull();

  await actOnVolume(world, volume, 'os-terminate_connection', { connector: aConnector() });
  expect(world.ledger.exports).not.toContain(volume);
});

const exportsCannotBeRecorded = () =>
  world.query(`
    create function refuse_export() returns trigger language plpgsql as $$ begin raise exception 'no export is recorded now'; end $$;
    create trigger refuse_export before update on volumes for each row
      when (new.provider_location is distinct from old.provider_location) execute function refuse_export()`);

const exportsCanBeRecorded = () => world.query('drop function refuse_export cascade');
