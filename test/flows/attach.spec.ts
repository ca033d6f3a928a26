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
