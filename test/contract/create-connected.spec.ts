import { randomUUID } from 'node:crypto';
import { aConnector, startWorld, type World } from '../support/world';
import { asked, BACKEND_API, create, failure, hostsOf, rowsOf, TIMESTAMP, volumeIs } from './calls';

/** Section C: creates with a connector are one promise: all of it, or nothing. */
let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

const connected = (volume: string, more: Record<string, unknown> = {}) => create(world, volume, { connector: aConnector(), ...more });
const inner = (text: string) => failure(`Unable to create attachment for volume (${text}).`);

/** Nobody was told the id, so nothing may be left. */
async function expectNothingLeft(volume: string): Promise<void> {
  expect(await rowsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(await world.volumeRow(volume)).toMatchObject({ provider_location: null });
  expect(hostsOf(world, volume)).toEqual([]);
  expect(world.ledger.exports).not.toContain(volume);
}

it('case 45: the row, the volume and the answer agree', async () => {
  const volume = await world.volume();

  const { status, body } = await connected(volume);

  expect([status, body.attachment.status, body.attachment.attach_mode]).toEqual([200, 'attaching', 'null']);
  expect(body.attachment.attached_at).toMatch(TIMESTAMP);
  expect(await rowsOf(world, volume)).toMatchObject([
    { attach_status: 'attaching', attached_host: 'tempest-1', mountpoint: '/dev/vdb', attach_mode: 'null', attach_time: expect.any(Date) },
  ]);
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
  expect((await world.request('GET', `/v3/attachments/${body.attachment.id}`)).body).toEqual(body);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
});

it.each([true, false])('cases 46 and 133: enforce_multipath %p of the connector is in the answer', async (enforce_multipath) => {
  const { body } = await connected(await world.volume(), { connector: aConnector('h', { enforce_multipath }) });

  expect(body.attachment.connection_info.enforce_multipath).toBe(enforce_multipath);
});

it('a readonly volume is connected read-only', async () => {
  const volume = await world.volume();
  await volumeIs(world, volume, { admin_metadata: { readonly: 'True' } });

  const { body } = await connected(volume);

  expect(body.attachment).toMatchObject({ attach_mode: 'ro', connection_info: { access_mode: 'ro' } });
});

it('case 70: a connector that the driver refuses is a 500 here, and nothing is left', async () => {
  const volume = await world.volume();
  world.driver.faults = {
    failOn: {
      validateConnector: { message: "Connector doesn't have required information: ip", kind: 'invalidConnector', outcome: 'notDone' },
    },
  };

  expect(await connected(volume)).toMatchObject(inner("Invalid input received: Connector doesn't have required information: ip"));
  await expectNothingLeft(volume);
  expect(asked(world, volume, 'createExport')).toBe(0);
});

it('case 71: a connection that fails is undone, and nothing is left', async () => {
  const volume = await world.volume();
  world.driver.faults = { failOn: { initializeConnection: 'kaboom' } };

  expect(await connected(volume)).toMatchObject(inner(`${BACKEND_API} Driver initialize connection failed (error: kaboom).`));
  await expectNothingLeft(volume);
  expect(asked(world, volume, 'removeExport')).toBe(1);
});

it.each([
  ['unknown', 1],
  ['notDone', 0],
] as const)('case 72: an export that fails (%s) is undone by %i removals, and nothing is left', async (outcome, removals) => {
  const volume = await world.volume();
  world.driver.faults = { failOn: { createExport: { message: 'backend error x', outcome } } };

  expect(await connected(volume)).toMatchObject(inner(`${BACKEND_API} Create export for volume failed (backend error x).`));
  await expectNothingLeft(volume);
  expect(asked(world, volume, 'removeExport')).toBe(removals);
});

it('a volume that was downloading is downloading again after a create that failed', async () => {
  const volume = await world.volume();
  await volumeIs(world, volume, { status: 'downloading' });
  world.driver.faults = { failOn: { initializeConnection: 'kaboom' } };

  expect((await connected(volume)).status).toBe(500);
  expect(await rowsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['downloading', 'detached']);
});

it('a driver that is not initialised leaves nothing of a create either', async () => {
  const volume = await world.volume();
  world.driver.faults = { failOn: { validateConnector: { message: 'Volume driver not ready.', kind: 'notReady', outcome: 'notDone' } } };

  expect(await connected(volume)).toMatchObject(inner('Volume driver not ready.'));
  await expectNothingLeft(volume);
});

it('a create that fails beside another attachment of the instance leaves that one as it was', async () => {
  const { id, volume, instance } = await world.attachedAttachment();
  world.driver.faults = { failOn: { initializeConnection: 'kaboom' } };

  const answer = await connected(volume, { instance_uuid: instance, connector: aConnector('dest') });

  expect(answer.status).toBe(500);
  expect(await rowsOf(world, volume)).toMatchObject([{ id, attach_status: 'attached' }]);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
  expect(asked(world, volume, 'removeExport')).toBe(0);
});

it('a defect of the driver keeps its words to itself', async () => {
  const volume = await world.volume();
  world.driver.faults = { failOn: { createExport: { message: 'undefined is no function', raise: true } } };

  expect(await connected(volume)).toMatchObject(failure('Unable to create attachment for volume.'));
  await expectNothingLeft(volume);
});

it('a backend that no worker serves is told of at once, and nothing is promised', async () => {
  const volume = await world.volume();
  await volumeIs(world, volume, { host: 'nobody@fake#fake' });

  expect(await connected(volume)).toMatchObject(failure('Unable to create attachment for volume.'));
  expect(await rowsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(await world.query(`select 1 from operations where volume_id = $1 and kind = 'attach'`, [volume])).toEqual([]);
});

it('case 74: of two creates with connectors for two instances at once one is connected', async () => {
  const volume = await world.volume();

  const answers = await Promise.all(
    ['a', 'b'].map((host) => connected(volume, { instance_uuid: randomUUID(), connector: aConnector(host) })),
  );

  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  expect(hostsOf(world, volume)).toEqual([answers[0]?.status === 200 ? 'a' : 'b']);
  expect(await rowsOf(world, volume)).toHaveLength(1);
});
