import { randomUUID } from 'node:crypto';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { asked, BACKEND_API, create, failure, GENERIC, hostsOf, LONG_LEASE, pending, remove, rowsOf, update } from './calls';

/** What an attach has left at the backend that no row records: nobody else gets the volume before it is gone. */
let world: World;
beforeAll(async () => (world = await startWorld({ times: LONG_LEASE })), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

/** A reserved row whose host has the volume all the same: a delete superseded its attach, and could not disconnect it. */
async function leftBehind(volumeId?: string, instance?: string) {
  const { id, volume, ...rest } = await world.reservedAttachment(volumeId, instance);
  world.driver.faults = { hangAfter: ['initializeConnection'] };
  const superseded = pending(update(world, id, aConnector('old-host')));
  await until('the host is connected', () => hostsOf(world, volume).length === 1);
  const deleted = pending(remove(world, id));
  await until('the delete is promised', async () =>
    (await world.unfinished()).some((op) => op.kind === 'detach' && op.attachment_id === id),
  );
  world.driver.faults = { failOn: { terminateConnection: 'stuck' } };
  expect((await superseded).status).toBe(404);
  expect(await deleted).toMatchObject(failure(GENERIC));
  world.driver.faults = {};
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'reserved', connector: null });
  expect(hostsOf(world, volume)).toEqual(['old-host']);
  return { id, volume, ...rest };
}

it('an update of the row to another host ends it first', async () => {
  const { id, volume } = await leftBehind();

  expect((await update(world, id, aConnector('new-host'))).status).toBe(200);

  expect(hostsOf(world, volume)).toEqual(['new-host']);
  expect(world.ledger.overlaps.filter((overlap) => overlap.volume === volume)).toEqual([]);
  await world.settled();
});

it('an update of another row of the volume is refused while it is there', async () => {
  const { id, volume, instance } = await leftBehind();
  const other = await world.reservedAttachment(volume, instance);

  expect((await update(world, other.id, aConnector('new-host'))).status).toBe(409);

  expect(hostsOf(world, volume)).toEqual(['old-host']);
  expect((await remove(world, id)).status).toBe(200);
  expect((await update(world, other.id, aConnector('new-host'))).status).toBe(200);
  expect(hostsOf(world, volume)).toEqual(['new-host']);
});

it('an update that cannot end it fails, and what it has left is ended in the background', async () => {
  const { id, volume } = await leftBehind();
  world.driver.faults = { failOn: { terminateConnection: { message: 'stuck', times: 1 } } };

  expect(await update(world, id, aConnector('new-host'))).toMatchObject(
    failure(`Unable to update attachment (${BACKEND_API} Terminate volume connection failed: stuck).`),
  );

  await until('nothing is connected', () => hostsOf(world, volume).length === 0);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'reserved', connector: null });
  await world.settled();
});

it('a new delete ends it', async () => {
  const { id, volume } = await leftBehind();

  expect((await remove(world, id)).status).toBe(200);

  expect(hostsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  await world.settled();
});

it('a create that is sent again under the same global request id joins the first; under another nothing joins', async () => {
  const volume = await world.volume();
  const instance_uuid = randomUUID();
  const send = (requestId: string) =>
    world.request(
      'POST',
      '/v3/attachments',
      { attachment: { volume_uuid: volume, instance_uuid, connector: aConnector() } },
      { 'X-OpenStack-Request-ID': requestId },
    );
  const requestId = `req-${randomUUID()}`;
  world.driver.faults = { hangOn: ['initializeConnection'] };
  const first = pending(send(requestId));
  await until('the attach is with the driver', () => asked(world, volume, 'initializeConnection') === 1);
  const again = pending(send(requestId));
  const other = pending(send(`req-${randomUUID()}`));
  await until('the other one has a row of its own', async () => (await rowsOf(world, volume)).length === 2);
  world.driver.faults = {};

  const ids = await Promise.all([first, again, other].map(async (answer) => (await answer).body.attachment.id as string));

  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
  expect(await rowsOf(world, volume)).toHaveLength(2);
});

it('a failed create leaves nothing behind that a later create would find', async () => {
  const volume = await world.volume();
  world.driver.faults = { failOn: { initializeConnection: { message: 'kaboom', outcome: 'done', times: 1 } } };

  expect((await create(world, volume, { connector: aConnector('old-host') })).status).toBe(500);
  expect((await create(world, volume, { connector: aConnector('new-host') })).status).toBe(200);

  expect(hostsOf(world, volume)).toEqual(['new-host']);
});
