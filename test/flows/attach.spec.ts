import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

it('reserve, connect, complete, show, detach: the rows, the answers and the ledger agree at each step', async () => {
  const volume = await world.volume();
  const reserved = await world.reservedAttachment(volume);
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);

  const connected = await world.request('PUT', `/v3/attachments/${reserved.id}`, { attachment: { connector: aConnector() } });
  expect(connected).toMatchObject({ status: 200, body: { attachment: { status: 'attaching', attach_mode: 'rw' } } });
  expect(connected.body.attachment.connection_info).toMatchObject({ driver_volume_type: 'iscsi', attachment_id: reserved.id });
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
  expect(world.ledger.connections).toMatchObject([{ volume, attachment: reserved.id, host: 'tempest-1' }]);

  const completed = await world.request('POST', `/v3/attachments/${reserved.id}/action`, { 'os-complete': null });
  expect(completed.status).toBe(204);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);

  const detached = await world.request('DELETE', `/v3/attachments/${reserved.id}`);
  expect(detached).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(world.ledger.connections).toEqual([]);
  expect(world.ledger.exports).toEqual([]);
  expect(await world.unfinished()).toEqual([]);
});

it('a create with connector that finally fails leaves a volume that was being downloaded as it was', async () => {
  const volume = await world.volume();
  await world.query(`update volumes set status = 'downloading' where id = $1`, [volume]);
  world.driver.faults = { failOn: { initializeConnection: { message: 'kaboom', times: 1 } } };

  const answer = await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume, connector: aConnector() } });

  expect(answer.status).toBe(500);
  expect(await world.st(volume)).toEqual(['downloading', 'detached']);
  await world.settled();
});

it('a delete of a row whose attach nobody has begun leaves no intent behind', async () => {
  const { id } = await world.reservedAttachment();
  for (const worker of world.workers.splice(0)) await worker.stop();
  await world.query(`insert into workers (id, process, backends) values ('w', 'nobody', $1)`, [JSON.stringify({ [world.backend]: {} })]);
  const attach = world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });
  await until('the attach is promised', async () => (await world.unfinished()).length === 1);

  const deleted = await world.request('DELETE', `/v3/attachments/${id}`);

  expect(deleted).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await attach).toMatchObject({ status: 404 });
  expect(await world.query('select intent from operations where attachment_id = $1 and intent is not null', [id])).toEqual([]);
});
