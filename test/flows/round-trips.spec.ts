import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';

/** The design's budget of database round trips for each call, over gateway and worker together. */
let world: World;
let counter: () => number;

beforeAll(async () => {
  // Sweeps and heartbeats are not part of the budget: here they stay away.
  world = await startWorld({ times: { SWEEP_INTERVAL_MS: 3_600_000, LEASE_MS: 3_600_000, BACKOFF_LIMIT_MS: 3_600_000 } });
  const query = jest.spyOn(Client.prototype, 'query');
  counter = () => query.mock.calls.length;
}, 120_000);
afterAll(async () => {
  jest.restoreAllMocks();
  await world.stop();
});

async function counted(call: () => Promise<{ status: number }>): Promise<[number, number]> {
  const before = counter();
  const { status } = await call();
  return [status, counter() - before];
}
const put = (id: string) => world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });
const complete = (id: string) => world.request('POST', `/v3/attachments/${id}/action`, { 'os-complete': null });

it('a reserve takes 2', async () => {
  const volume = await world.volume();
  const body = { attachment: { volume_uuid: volume, instance_uuid: randomUUID() } };
  expect(await counted(() => world.request('POST', '/v3/attachments', body))).toEqual([200, 2]);
});

it('a create with connector takes 6', async () => {
  const volume = await world.volume();
  const body = { attachment: { volume_uuid: volume, instance_uuid: randomUUID(), connector: aConnector() } };
  expect(await counted(() => world.request('POST', '/v3/attachments', body))).toEqual([200, 6]);
});

it('an update takes 6, and 5 once the export stands', async () => {
  const { id } = await world.reservedAttachment();
  expect(await counted(() => put(id))).toEqual([200, 6]);
  expect(await counted(() => put(id))).toEqual([200, 5]);
});

it('an update takes no more where the volume’s type has QoS specs', async () => {
  const asAdmin = (method: string, path: string, body?: unknown) => world.request(method, path, body, { 'X-Auth-Token': world.admin });
  const specs = await asAdmin('POST', '/v3/qos-specs', { qos_specs: { name: 'q', consumer: 'front-end', read_iops_sec_per_gb: '7' } });
  const type = await asAdmin('POST', '/v3/types', { volume_type: { name: 't' } });
  await asAdmin('GET', `/v3/qos-specs/${specs.body.qos_specs.id}/associate?vol_type_id=${type.body.volume_type.id}`);
  const made = await world.request('POST', '/v3/volumes', { volume: { size: 1, volume_type: 't' } });
  await until('it is available', async () => (await world.st(made.body.volume.id as string))[0] === 'available');
  const { id } = await world.reservedAttachment(made.body.volume.id as string);

  expect(await counted(() => put(id))).toEqual([200, 6]);
});

it('a complete takes 2', async () => {
  const { id } = await world.attachingAttachment();
  expect(await counted(() => complete(id))).toEqual([204, 2]);
});

it('a delete takes 5 where something is connected, and 2 where nothing ever was', async () => {
  const attached = await world.attachedAttachment();
  expect(await counted(() => world.request('DELETE', `/v3/attachments/${attached.id}`))).toEqual([200, 5]);
  const reserved = await world.reservedAttachment();
  expect(await counted(() => world.request('DELETE', `/v3/attachments/${reserved.id}`))).toEqual([200, 2]);
});

it('a show takes 1, a page 1, a page behind a marker 2', async () => {
  const { id } = await world.attachedAttachment();
  expect(await counted(() => world.request('GET', `/v3/attachments/${id}`))).toEqual([200, 1]);
  expect(await counted(() => world.request('GET', '/v3/attachments/detail'))).toEqual([200, 1]);
  expect(await counted(() => world.request('GET', `/v3/attachments?marker=${id}`))).toEqual([200, 2]);
});
