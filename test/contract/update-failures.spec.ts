import { type Faults } from '@app/drivers';
import { aConnector, startWorld, type World } from '../support/world';
import { until } from '../support/until';
import { asked, BACKEND_API, conflict, failure, hostsOf, LONG_LEASE, pending, refusal, remove, update, volumeIs, joining } from './calls';

/** Section F: updates that the driver refuses, or is still busy with. */
let world: World;
beforeAll(async () => (world = await startWorld({ times: LONG_LEASE })), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

async function expectStillReserved(id: string, volume: string): Promise<void> {
  expect(await world.attachmentRow(id)).toMatchObject({
    attach_status: 'reserved',
    connection_info: '{}',
    connector: null,
    attach_time: null,
  });
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
  expect(hostsOf(world, volume)).toEqual([]);
}

it('case 142: a connector that lacks what the driver needs is a 400 here', async () => {
  const { id, volume } = await world.reservedAttachment();

  expect(await update(world, id, { host: 'h1' })).toMatchObject(
    refusal("Invalid input received: Connector doesn't have required information: initiator"),
  );
  await expectStillReserved(id, volume);
});

const boom: Faults = { failOn: { validateConnector: { message: 'boom', raise: true } } };
const kaboom: Faults = { failOn: { initializeConnection: 'kaboom' } };
const noExport: Faults = { failOn: { createExport: 'no room' } };
const defect: Faults = { failOn: { createExport: { message: 'undefined is no function', raise: true } } };

it.each([
  ['case 143', boom, `Unable to update attachment (${BACKEND_API} Validate volume connection failed (error: boom).).`, 0],
  ['case 144', kaboom, `Unable to update attachment (${BACKEND_API} Driver initialize connection failed (error: kaboom).).`, 1],
  ['case 148', noExport, `Unable to update attachment (${BACKEND_API} Create export for volume failed (no room).).`, 1],
  ['case 148', defect, 'Unable to update the attachment.', 1],
])('%s: given %j, the row is still reserved', async (_case, faults, message, removals) => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = faults;

  expect(await update(world, id)).toMatchObject(failure(message));
  await expectStillReserved(id, volume);
  expect(asked(world, volume, 'removeExport')).toBe(removals);
});

it('an update that was refused before anything was done is forgotten: its delete asks no driver', async () => {
  const { id, volume } = await world.reservedAttachment();
  await update(world, id, { host: 'h1' });

  expect(await remove(world, id)).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await world.query(`select 1 from operations where attachment_id = $1 and kind = 'detach'`, [id])).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('a repeat that fails leaves an attached row as it is, and its host connected', async () => {
  const { id, volume } = await world.attachedAttachment();
  const before = await world.attachmentRow(id);
  world.driver.faults = kaboom;

  expect((await update(world, id)).status).toBe(500);
  expect(await world.attachmentRow(id)).toMatchObject({
    attach_status: 'attached',
    connector: before.connector,
    connection_info: before.connection_info,
    attach_time: before.attach_time,
  });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
  expect(asked(world, volume, 'removeExport')).toBe(0);
});

it('case 145: where the driver is not initialised the row says so, and a later update connects it', async () => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = { failOn: { validateConnector: { message: 'Volume driver not ready.', kind: 'notReady', outcome: 'notDone' } } };

  expect(await update(world, id)).toMatchObject(failure('Unable to update attachment (Volume driver not ready.).'));
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'error_attaching', connection_info: '{}' });
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
  world.driver.faults = {};
  expect(await update(world, id)).toMatchObject({ status: 200, body: { attachment: { status: 'attaching' } } });
});

it('case 147a: while one host is being connected another is refused, and a repeat joins', async () => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = { hangOn: ['initializeConnection'] };
  const first = pending(update(world, id));
  const running = await until('the attach is with the driver', async () =>
    asked(world, volume, 'initializeConnection') === 1 ? (await world.unfinished()).find((op) => op.attachment_id === id) : null,
  );

  const refused = await update(world, id, aConnector('dest'));
  const { answer: again } = await joining(world, id);
  world.driver.faults = {};

  expect(refused).toMatchObject(
    conflict(`Resource conflict: attachment ${id} is being attached to host tempest-1 by request ${running.request_id}.`),
  );
  expect([(await first).status, (await again).status]).toEqual([200, 200]);
  expect((await again).body).toEqual((await first).body);
  expect((await first).headers.get('x-openstack-request-id')).toBe(running.request_id);
  expect(asked(world, volume, 'initializeConnection')).toBe(1);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
});

it('a backend that no worker serves is told of at once, and nothing is promised', async () => {
  const { id, volume } = await world.reservedAttachment();
  await volumeIs(world, volume, { host: 'nobody@fake#fake' });

  expect(await update(world, id)).toMatchObject(failure('Unable to update the attachment.'));
  expect(await world.query('select 1 from operations where attachment_id = $1', [id])).toEqual([]);
  await expectStillReserved(id, volume);
});

it('neither is one promised for a volume that has no host yet', async () => {
  const { id, volume } = await world.reservedAttachment();
  await volumeIs(world, volume, { host: null });

  expect(await update(world, id)).toMatchObject(failure('Unable to update the attachment.'));
  expect(await world.query('select 1 from operations where attachment_id = $1', [id])).toEqual([]);
});
