import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { absent, asked, complete, create, failure, GENERIC, hostsOf, joining, LONG_LEASE, pending, remove, rowsOf, update } from './calls';

/** Callers who wait for a driver that hangs: what they hear at the limit, and what becomes of the work. */
let world: World;
beforeAll(async () => (world = await startWorld({ times: LONG_LEASE, gateway: { WAIT_LIMIT_MS: 1000 } })), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

const UNKNOWN_YET = {
  status: 504,
  body: {
    computeFault: {
      code: 504,
      message: 'The server did not hear from the storage backend in time. The operation goes on; repeat the request to join it.',
    },
  },
};
const hang = (...methods: ('initializeConnection' | 'terminateConnection')[]) => (world.driver.faults = { hangOn: methods });
const goOn = () => (world.driver.faults = {});
/** The operations of an attachment; each was asked of the driver once, however often its caller came back. */
const promises = (id: string, kind: string) => world.query('select * from operations where attachment_id = $1 and kind = $2', [id, kind]);

it('case 146: an update is told to repeat, and the repeat joins', async () => {
  const { id, volume } = await world.reservedAttachment();
  hang('initializeConnection');

  expect(await update(world, id)).toMatchObject(UNKNOWN_YET);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'reserved' });
  const { answer: again } = await joining(world, id);
  goOn();

  expect(await again).toMatchObject({ status: 200, body: { attachment: { status: 'attaching' } } });
  expect(await promises(id, 'attach')).toHaveLength(1);
  expect(asked(world, volume, 'initializeConnection')).toBe(1);
});

it('case 177: so is a delete; until the driver is done nothing has changed', async () => {
  const { id, volume } = await world.attachedAttachment();
  hang('terminateConnection');

  expect(await remove(world, id)).toMatchObject(UNKNOWN_YET);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'attached', deleted: false });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  const again = pending(remove(world, id));
  goOn();

  expect(await again).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await promises(id, 'detach')).toHaveLength(1);
  expect(asked(world, volume, 'terminateConnection')).toBe(1);
  expect(await remove(world, id)).toMatchObject(absent(id));
});

it('while a delete is unfinished the attachment is gone for everybody else', async () => {
  const { id } = await world.attachedAttachment();
  hang('terminateConnection');
  const removed = pending(remove(world, id));
  await until('the delete is promised', async () => (await promises(id, 'detach')).length === 1);

  expect(await update(world, id)).toMatchObject(absent(id));
  expect(await complete(world, id)).toMatchObject(absent(id));
  goOn();
  expect((await removed).status).toBe(200);
});

it('case 73: a create commits its own end before it answers, since nobody could name what may still come to be', async () => {
  const volume = await world.volume();
  hang('initializeConnection');

  expect(await create(world, volume, { connector: aConnector() })).toMatchObject(failure('Unable to create attachment for volume.'));
  const [row] = await world.query('select * from attachments where volume_id = $1', [volume]);
  expect(await promises(row?.id as string, 'detach')).toHaveLength(1);
  goOn();

  await until('the row is gone', async () => (await rowsOf(world, volume)).length === 0);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(hostsOf(world, volume)).toEqual([]);
  expect(world.ledger.exports).not.toContain(volume);
});

it('case 73: also when the driver has connected it already', async () => {
  const volume = await world.volume();
  world.driver.faults = { hangAfter: ['initializeConnection'] };

  expect((await create(world, volume, { connector: aConnector() })).status).toBe(500);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
  goOn();

  await until('the row is gone', async () => (await rowsOf(world, volume)).length === 0);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(hostsOf(world, volume)).toEqual([]);
});

it('case 73: it goes on being taken back while the driver refuses', async () => {
  const volume = await world.volume();
  world.driver.faults = { hangAfter: ['initializeConnection'] };
  expect(await create(world, volume, { connector: aConnector() })).toMatchObject(failure('Unable to create attachment for volume.'));
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);

  world.driver.faults = { failOn: { terminateConnection: { message: 'stuck', times: 2 } } };

  await until('the row is gone', async () => (await rowsOf(world, volume)).length === 0);
  expect(asked(world, volume, 'terminateConnection')).toBe(3);
  expect(hostsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('a complete waits for the attach of its attachment', async () => {
  const { id, volume } = await world.reservedAttachment();
  hang('initializeConnection');
  const updated = pending(update(world, id));
  await until('the attach is with the driver', () => asked(world, volume, 'initializeConnection') === 1);

  const completed = pending(complete(world, id));
  await until('the complete is promised', async () => (await promises(id, 'complete')).length === 1);
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
  goOn();

  expect((await completed).status).toBe(204);
  expect([200, 409]).toContain((await updated).status);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'attached', attached_host: 'tempest-1' });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('at the limit a complete is a 500, and is carried out all the same once the attach has ended', async () => {
  const { id, volume } = await world.reservedAttachment();
  hang('initializeConnection');
  await update(world, id);

  expect(await complete(world, id)).toMatchObject(failure(GENERIC));
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'reserved' });
  goOn();

  await until('the attachment is attached', async () => (await world.attachmentRow(id)).attach_status === 'attached');
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('what needs no driver is answered while the driver of the volume hangs', async () => {
  const { id, volume, instance } = await world.reservedAttachment();
  const other = await world.reservedAttachment(volume, instance);
  hang('initializeConnection');
  const updated = pending(update(world, id));
  await until('the attach is with the driver', () => asked(world, volume, 'initializeConnection') === 1);

  expect((await world.request('GET', `/v3/attachments/${id}`)).body.attachment.status).toBe('reserved');
  expect((await complete(world, other.id)).status).toBe(204);
  expect((await remove(world, other.id)).status).toBe(200);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'reserved' });
  goOn();
  expect((await updated).status).toBe(200);
});

it('case 230, as it is here: a worker that disconnects changes no status before it is done', async () => {
  const { id, volume } = await world.attachedAttachment();
  hang('terminateConnection');
  const removed = pending(remove(world, id));
  await until('the detach is with the driver', () => asked(world, volume, 'terminateConnection') === 1);

  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'attached', deleted: false });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  goOn();
  expect((await removed).status).toBe(200);
});
