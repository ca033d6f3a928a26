import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';

/** A driver that hangs, lies, loses its replies or is away: what was promised ends, and the backend holds what the rows say. */
jest.setTimeout(60_000);

let world: World;
beforeAll(async () => {
  const times = { DRIVER_TIMEOUT_MS: 600, ATTACH_WINDOW_MS: 1500, BACKOFF_MS: 100, BACKOFF_LIMIT_MS: 300 };
  world = await startWorld({ times });
}, 120_000);
beforeEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

const put = (id: string, host = 'tempest-1') =>
  world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector(host) } });
const BACKEND_API = 'Bad or unexpected response from the storage volume backend API:';
const done = (method: string, attachment: string) =>
  world.ledger.entries.filter((entry) => entry.method === method && entry.attachment === attachment && entry.phase === 'done');

it('given the reply of an attach is lost, the repeat finds the same connection', async () => {
  const { id } = await world.reservedAttachment();
  world.driver.faults = { loseReplyOn: { initializeConnection: 2 } };

  const answer = await put(id);

  expect(answer.status).toBe(200);
  expect(new Set(done('initializeConnection', id).map(({ credential }) => credential)).size).toBe(1);
  await world.settled();
});

it('given the backend is away for a moment, the attach waits for it', async () => {
  const { id } = await world.reservedAttachment();
  world.driver.faults = { failOn: { initializeConnection: { message: 'away', kind: 'unavailable', times: 2 } } };

  expect((await put(id)).status).toBe(200);
});

it('given the backend stays away, the attach fails once its undo is confirmed, and says why', async () => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = { failOn: { initializeConnection: { message: 'away', kind: 'unavailable' } } };

  const answer = await put(id);

  expect(answer.status).toBe(500);
  expect(answer.body.computeFault.message).toBe(
    `Unable to update attachment (${BACKEND_API} Driver initialize connection failed (error: away).).`,
  );
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'reserved', connection_info: '{}', connector: null });
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
  expect(world.ledger.exports).not.toContain(volume);
  await world.settled();
});

it('given the undo fails too, it goes on until it is confirmed', async () => {
  const { id } = await world.reservedAttachment();
  world.driver.faults = {
    failOn: { initializeConnection: { message: 'kaboom', outcome: 'done' }, terminateConnection: { message: 'stuck', times: 2 } },
  };

  const answer = await put(id);

  expect(answer.body.computeFault.message).toContain('kaboom');
  expect(done('terminateConnection', id)).toHaveLength(1);
  await world.settled();
});

it('given the driver hangs and hears nothing, the attach is undone under a higher number and the late call is refused', async () => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = { hangOn: ['initializeConnection'], hangDeaf: true };

  const answer = await put(id);
  world.driver.faults = {};

  expect(answer.status).toBe(500);
  await until('every late call was refused', () => {
    const calls = world.ledger.entries.filter((entry) => entry.volume === volume && entry.method === 'initializeConnection');
    return (
      calls.length > 0 && calls.filter(({ phase }) => phase === 'refused').length === calls.filter(({ phase }) => phase === 'begin').length
    );
  });
  expect(done('initializeConnection', id)).toEqual([]);
  await world.settled();
});

it('given the backend is away, a detach goes on until it is back', async () => {
  const { id, volume } = await world.attachedAttachment();
  world.driver.faults = { failOn: { terminateConnection: { message: 'away', kind: 'unavailable', times: 8 } } };

  const answer = await world.request('DELETE', `/v3/attachments/${id}`);

  expect(answer).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  await world.settled();
});

it('given the export will not go, the detach has succeeded, and the export goes later', async () => {
  const { id, volume } = await world.attachedAttachment();
  world.driver.faults = { failOn: { removeExport: 'stuck', settle: { message: 'stuck', times: 2 } } };

  const answer = await world.request('DELETE', `/v3/attachments/${id}`);

  expect(answer.status).toBe(200);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  await world.settled();
  expect(world.ledger.exports).not.toContain(volume);
  expect(await world.volumeRow(volume)).toMatchObject({ provider_location: null });
});

it('an update with another connector ends the recorded one before it succeeds', async () => {
  const { id, volume, connectionInfo } = await world.attachingAttachment();

  const answer = await put(id, 'other-host');

  expect(answer.body.attachment.connection_info.auth_username).not.toBe(connectionInfo.auth_username);
  expect(world.ledger.connections.filter((connection) => connection.volume === volume).map(({ host }) => host)).toEqual(['other-host']);
  expect(await world.attachmentRow(id)).toMatchObject({ attached_host: 'other-host' });
});

it('an update with another connector that fails leaves the recorded one connected', async () => {
  const { id, volume } = await world.attachingAttachment();
  const before = await world.attachmentRow(id);
  world.driver.faults = { failOn: { initializeConnection: { message: 'kaboom', times: 1 } } };

  const answer = await put(id, 'other-host');

  expect(answer.status).toBe(500);
  await until('nothing is unfinished', async () => (await world.unfinished()).length === 0);
  expect(world.ledger.connections.filter((connection) => connection.volume === volume).map(({ host }) => host)).toEqual(['tempest-1']);
  expect(await world.attachmentRow(id)).toMatchObject({
    attached_host: 'tempest-1',
    connector: before.connector,
    connection_info: before.connection_info,
  });
});

it('given the recorded connection will not end, the update fails, and the new host is not left connected', async () => {
  const { id, volume } = await world.attachingAttachment();
  world.driver.faults = { failOn: { terminateConnection: { message: 'stuck', outcome: 'notDone', times: 1 } } };

  const answer = await put(id, 'other-host');

  expect(answer.status).toBe(500);
  expect(answer.body.computeFault.message).toContain('stuck');
  await until('nothing is unfinished', async () => (await world.unfinished()).length === 0);
  expect(world.ledger.connections.filter((connection) => connection.volume === volume).map(({ host }) => host)).toEqual(['tempest-1']);
});

it('a delete that comes while an attach runs supersedes it: its waiter hears 404, and nothing is connected', async () => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = { latencyMs: { initializeConnection: 400 } };
  const attach = put(id);
  await until('the attach runs', async () => (await world.unfinished()).some((op) => op.attachment_id === id && op.state === 'running'));

  const deleted = await world.request('DELETE', `/v3/attachments/${id}`);

  expect(deleted).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await attach).toMatchObject({ status: 404 });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  await world.settled();
});
