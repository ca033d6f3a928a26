import { randomUUID } from 'node:crypto';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld({ workers: 2, gateways: 2, faults: { latencyMs: { initializeConnection: 500 } } }); // long enough for all to meet
}, 120_000);
afterAll(() => world.stop());

const create = (volume: string, instance: string, connector?: Record<string, unknown>) =>
  world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume, instance_uuid: instance, connector } });
const put = (id: string, host: string) => world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector(host) } });
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort((a, b) => a - b);

it('of 50 creates of 50 instances that race for a volume one wins, and 49 hear why not', async () => {
  const volume = await world.volume();

  const answers = await Promise.all(Array.from({ length: 50 }, () => create(volume, randomUUID())));

  expect(statuses(answers)).toEqual([200, ...Array<number>(49).fill(400)]);
  const refused = answers.find(({ status }) => status === 400);
  expect(refused?.body.badRequest.message).toBe(
    `Invalid volume: Volume ${volume} status must be available or downloading to reserve, but the current status is reserved.`,
  );
  expect(await world.query('select 1 from attachments where volume_id = $1', [volume])).toHaveLength(1);
});

it('case 74: of two creates that name the same instance the second is as if it came a moment later', async () => {
  const volume = await world.volume();
  const instance = randomUUID();

  const answers = await Promise.all([create(volume, instance), create(volume, instance)]);

  expect(statuses(answers)).toEqual([200, 200]);
  expect(await world.query('select 1 from attachments where volume_id = $1', [volume])).toHaveLength(2);
});

it('case 147b: 10 updates of two reservations race to two hosts, and one host is connected', async () => {
  const instance = randomUUID();
  const first = await world.reservedAttachment(undefined, instance);
  const second = await world.reservedAttachment(first.volume, instance);

  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? put(first.id, 'host-a') : put(second.id, 'host-b'))),
  );

  const { connections, overlaps } = world.ledger;
  const hosts = connections.filter(({ volume }) => volume === first.volume).map(({ host }) => host);
  expect(hosts).toHaveLength(1);
  expect(overlaps.filter(({ volume }) => volume === first.volume)).toEqual([]);
  const winners = answers.filter((_, i) => (i % 2 === 0) === (hosts[0] === 'host-a'));
  const losers = answers.filter((_, i) => (i % 2 === 0) !== (hosts[0] === 'host-a'));
  expect(statuses(winners)).toEqual([200, 200, 200, 200, 200]);
  expect(statuses(losers)).toEqual([409, 409, 409, 409, 409]);
});

it('a delete races an update and a complete: in the end the row is gone, nothing is connected and the volume is available', async () => {
  for (let round = 0; round < 5; round++) {
    const { id, volume } = await world.reservedAttachment();

    const [updated, completed, deleted] = await Promise.all([
      put(id, 'host-a'),
      world.request('POST', `/v3/attachments/${id}/action`, { 'os-complete': null }),
      world.request('DELETE', `/v3/attachments/${id}`),
    ]);

    expect(deleted.status).toBe(200);
    expect([200, 404, 409]).toContain(updated.status);
    expect([204, 404]).toContain(completed.status);
    await until('nothing of the volume is unfinished', async () => !(await world.unfinished()).some((op) => op.volume_id === volume));
    expect(await world.attachmentRow(id)).toMatchObject({
      deleted: true,
      attach_status: 'detached',
      connector: null,
      connection_info: null,
    });
    expect(await world.st(volume)).toEqual(['available', 'detached']);
    expect(world.ledger.connections.filter((connection) => connection.volume === volume)).toEqual([]);
  }
});

it('two deletes of the two reserved rows of one volume leave it available', async () => {
  for (let round = 0; round < 5; round++) {
    const instance = randomUUID();
    const first = await world.reservedAttachment(undefined, instance);
    const second = await world.reservedAttachment(first.volume, instance);

    const answers = await Promise.all([first, second].map(({ id }) => world.request('DELETE', `/v3/attachments/${id}`)));

    expect(statuses(answers)).toEqual([200, 200]);
    expect(await world.st(first.volume)).toEqual(['available', 'detached']);
  }
});

it('updates of many volumes at once are carried out once each, by whichever worker', async () => {
  const reserved = await Promise.all(Array.from({ length: 16 }, () => world.reservedAttachment()));

  const answers = await Promise.all(reserved.map(({ id }) => put(id, 'host-a')));

  expect(statuses(answers)).toEqual(Array<number>(16).fill(200));
  const owners = new Set(
    (
      await world.query(`select distinct owner from operations where kind = 'attach' and attachment_id = any($1)`, [
        reserved.map(({ id }) => id),
      ])
    ).map(({ owner }) => owner as string),
  );
  expect(owners.size).toBe(2);
});
