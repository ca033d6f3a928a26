import { randomUUID } from 'node:crypto';
import { ConnectionsService } from '@app/attachments';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { actOnVolume, asked, BACKEND_API, failure, hostsOf, LONG_LEASE, pending, refusal, remove, rowsOf } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld({ times: LONG_LEASE })), 120_000);
afterEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

const NOT_CONNECTED = 'Unable to fetch connection information from backend.';
const NOT_DISCONNECTED = 'Unable to terminate volume connection from backend.';

const initialize = (volume: string, connector: unknown = aConnector()) =>
  actOnVolume(world, volume, 'os-initialize_connection', { connector });
const terminate = (volume: string, connector: unknown = aConnector()) =>
  actOnVolume(world, volume, 'os-terminate_connection', { connector });
const byAdmin = () => ({ 'X-Auth-Token': world.admin });
const connects = (volume: string) =>
  world.query(`select * from operations where volume_id = $1 and kind = 'connect' and touched`, [volume]);

it('case 212: a connection without a row is answered in the driver’s two levels, and changes no status', async () => {
  const volume = await world.volume();

  const answer = await initialize(volume, aConnector('compute-1', { enforce_multipath: true }));

  expect(answer).toMatchObject({
    status: 200,
    body: {
      connection_info: {
        driver_volume_type: 'iscsi',
        data: { target_lun: 1, access_mode: 'rw', qos_specs: null, encrypted: false, enforce_multipath: true },
        enforce_multipath: true,
      },
    },
  });
  expect(answer.body.connection_info).not.toHaveProperty('attachment_id');
  expect(hostsOf(world, volume)).toEqual(['compute-1']);
  expect(await rowsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('case 213: a connector that lacks what the driver needs is refused', async () => {
  const volume = await world.volume();

  expect(await initialize(volume, { host: 'x' })).toMatchObject(
    refusal("Invalid input received: Connector doesn't have required information: initiator"),
  );
  expect(await initialize(volume, 'x')).toMatchObject(refusal('Invalid input received: Connector must be an object.'));
  expect(await connects(volume)).toEqual([]);
});

it('the same connector gets the same answer again, and one connection', async () => {
  const volume = await world.volume();

  const first = await initialize(volume);
  const second = await initialize(volume);

  expect(second.body).toEqual(first.body);
  expect(hostsOf(world, volume)).toHaveLength(1);
  expect(await connects(volume)).toHaveLength(1);
});

it('a repeat joins the connect in flight', async () => {
  const volume = await world.volume();
  world.driver.faults = { hangOn: ['initializeConnection'] };
  const first = pending(initialize(volume));
  await until('the driver is asked', () => asked(world, volume, 'initializeConnection') > 0);
  const begun = jest.spyOn(world.gateway.app.get(ConnectionsService), 'beginConnect');
  const second = pending(initialize(volume));
  await until('the repeat has found the first', () => begun.mock.results.length > 0);
  await begun.mock.results[0]?.value;

  world.driver.faults = {};

  expect((await first).body).toEqual((await second).body);
  expect(asked(world, volume, 'initializeConnection')).toBe(1);
});

it('a terminated connection is gone, its export with it, and a reserved volume is free again', async () => {
  const volume = await world.volume();
  await actOnVolume(world, volume, 'os-reserve');
  await initialize(volume);

  expect(await terminate(volume)).toMatchObject({ status: 202, text: '' });

  expect(hostsOf(world, volume)).toEqual([]);
  expect(world.ledger.exports.includes(volume)).toBe(false);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(await connects(volume)).toEqual([]);
});

it('a terminate where nothing is connected asks no driver, and frees a reserved volume', async () => {
  const volume = await world.volume();
  await actOnVolume(world, volume, 'os-reserve');

  expect((await terminate(volume)).status).toBe(202);

  expect(asked(world, volume, 'terminateConnection')).toBe(0);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('case 175, as it is here: without a connector everything is ended that no attachment owns', async () => {
  const { volume } = await world.attachedAttachment();
  await initialize(volume, aConnector('glance-1'));

  const answer = await actOnVolume(world, volume, 'os-force_detach', { connector: null }, byAdmin());

  expect(answer.status).toBe(202);
  expect(hostsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('a terminate ends the connections of its host, and leaves the others and those of attachments', async () => {
  const { volume } = await world.attachedAttachment();
  await initialize(volume, aConnector('glance-1'));
  await initialize(volume, aConnector('backup-1'));

  expect((await terminate(volume, { host: 'glance-1' })).status).toBe(202);
  expect(hostsOf(world, volume).sort()).toEqual(['backup-1', 'tempest-1']);

  expect((await terminate(volume, {})).status).toBe(202);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
  expect(world.ledger.exports.includes(volume)).toBe(true);
});

it('the export stays while a connection without a row uses it', async () => {
  const { id, volume } = await world.attachedAttachment();
  await initialize(volume, aConnector('glance-1'));

  expect((await remove(world, id)).status).toBe(200);

  expect(hostsOf(world, volume)).toEqual(['glance-1']);
  expect(world.ledger.exports.includes(volume)).toBe(true);
});

it('a detach of the last attachment by action ends what was connected beside it', async () => {
  const volume = await world.volume();
  await initialize(volume);
  await actOnVolume(world, volume, 'os-attach', { instance_uuid: randomUUID(), mountpoint: '/dev/vdb' });

  expect((await actOnVolume(world, volume, 'os-detach')).status).toBe(202);

  expect(hostsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('a driver that fails to connect leaves nothing behind', async () => {
  const volume = await world.volume();
  world.driver.faults = { failOn: { initializeConnection: 'kaboom' } };

  expect(await initialize(volume)).toMatchObject(failure(NOT_CONNECTED));

  expect(hostsOf(world, volume)).toEqual([]);
  expect(world.ledger.exports.includes(volume)).toBe(false);
  expect(await connects(volume)).toEqual([]);
  const [operation] = await world.query('select * from operations where volume_id = $1 and kind = $2', [volume, 'connect']);
  expect(operation).toMatchObject({ state: 'failed', intent: null, result: null });
  expect(operation?.reason_text).toBe(`${BACKEND_API} Driver initialize connection failed (error: kaboom).`);
});

it('a driver that fails to disconnect changes nothing, and a repeat ends it', async () => {
  const volume = await world.volume();
  await initialize(volume);
  world.driver.faults = { failOn: { terminateConnection: { message: 'kaboom', times: 1 } } };

  expect(await terminate(volume)).toMatchObject(failure(NOT_DISCONNECTED));
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);

  expect((await terminate(volume)).status).toBe(202);
  expect(hostsOf(world, volume)).toEqual([]);
});

it('a connect that is terminated while its backend is away is never made', async () => {
  const volume = await world.volume();
  world.driver.faults = { failOn: { initializeConnection: { message: 'away', kind: 'unavailable' } } };
  const connecting = pending(initialize(volume));
  await until('the driver was asked', () => asked(world, volume, 'initializeConnection') > 0);

  expect((await terminate(volume)).status).toBe(202);
  world.driver.faults = {};

  expect(await connecting).toMatchObject(failure(NOT_CONNECTED));
  await until('nothing is unfinished', async () => (await world.unfinished()).length === 0);
  expect(hostsOf(world, volume)).toEqual([]);
});

it('a connection that is terminated while the volume is settled is ended all the same', async () => {
  const volume = await world.volume();
  await initialize(volume);
  world.driver.faults = { hangOn: ['settle'] };
  await world.query(
    `insert into operations (id, kind, volume_id, backend, revision, request_id) select $1, 'settle', id, backend, revision, 'req-s' from volumes where id = $2`,
    [randomUUID(), volume],
  );
  await until('the settle is at work', () => asked(world, volume, 'settle') > 0);
  const terminating = pending(terminate(volume));
  await until('the disconnect waits', async () => (await world.unfinished()).some(({ kind }) => kind === 'disconnect'));

  world.driver.faults = {};

  expect((await terminating).status).toBe(202);
  expect(hostsOf(world, volume)).toEqual([]);
  expect(await connects(volume)).toEqual([]);
});

it('a connection that would not go keeps no other from going, and stays until it is asked for again', async () => {
  const volume = await world.volume();
  await initialize(volume, aConnector('glance-1'));
  await initialize(volume, aConnector('backup-1'));
  world.driver.faults = { failOn: { terminateConnection: { message: 'kaboom', times: 1 } } };

  expect((await terminate(volume, { host: 'glance-1' })).status).toBe(500);
  expect((await terminate(volume, { host: 'backup-1' })).status).toBe(202);

  expect(hostsOf(world, volume)).toEqual(['glance-1']);
  expect(await connects(volume)).toMatchObject([{ host: 'glance-1', generation: '0' }]);
});

it('a terminate means its connector, whatever mode the volume has come to meanwhile', async () => {
  const volume = await world.volume();
  const connector = { initiator: 'iqn.1993-08.org.debian:01:nameless' };
  await initialize(volume, connector);
  await actOnVolume(world, volume, 'os-attach', { instance_uuid: randomUUID(), mountpoint: '/dev/vdb', mode: 'ro' });

  expect((await terminate(volume, connector)).status).toBe(202);

  expect(world.ledger.connections.filter((one) => one.volume === volume)).toEqual([]);
});

it('an os-detach that comes twice leaves the connections of others alone', async () => {
  const volume = await world.volume({ multiattach: true });
  for (const host of ['compute-1', 'compute-2']) {
    await initialize(volume, aConnector(host));
    await actOnVolume(world, volume, 'os-attach', { instance_uuid: randomUUID(), mountpoint: '/dev/vdb' });
  }
  const [first] = await rowsOf(world, volume);

  await terminate(volume, { host: 'compute-1' });
  for (let twice = 0; twice < 2; twice++) {
    expect((await actOnVolume(world, volume, 'os-detach', { attachment_id: first?.id })).status).toBe(202);
  }

  expect(hostsOf(world, volume)).toEqual(['compute-2']);
});

it('a volume that is connected without a row is not deleted but by force', async () => {
  const volume = await world.volume();
  await initialize(volume);

  expect((await world.request('DELETE', `/v3/volumes/${volume}`)).status).toBe(400);
  expect((await actOnVolume(world, volume, 'os-force_delete', {}, byAdmin())).status).toBe(202);

  await until('the volume is gone', async () => (await world.volumeRow(volume)).deleted as boolean);
  expect(hostsOf(world, volume)).toEqual([]);
  expect(await connects(volume)).toEqual([]);
});

it('a readonly volume is connected ro', async () => {
  const volume = await world.volume();
  await actOnVolume(world, volume, 'os-update_readonly_flag', { readonly: true });

  expect((await initialize(volume)).body.connection_info.data.access_mode).toBe('ro');
});

it('what an answer carries is sealed, and forgotten once it is ended', async () => {
  const volume = await world.volume();
  const { body } = await initialize(volume);
  const secret = String(body.connection_info.data.auth_password);

  const [connect] = await connects(volume);
  expect([connect?.intent, connect?.result]).toEqual([expect.stringMatching(/^v1\./), expect.stringMatching(/^v1\./)]);
  expect(JSON.stringify(await world.query('select * from operations where volume_id = $1', [volume]))).not.toContain(secret);

  await terminate(volume);
  const [ended] = await world.query('select * from operations where id = $1', [connect?.id]);
  expect(ended).toMatchObject({ intent: null, result: null, touched: false });
});
