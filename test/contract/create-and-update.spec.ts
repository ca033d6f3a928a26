import { randomUUID } from 'node:crypto';
import { aConnector, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const V = 'OpenStack-API-Version';
const ID = '5d40cc43-8ee8-4dee-b0c8-26ad1b0c4ef1';
const FIELD = 'Invalid input for field/attribute';

it.each([
  ['case 27', {}, "'attachment' is a required property"],
  ['case 28', { attachment: null }, `${FIELD} attachment. Value: None. None is not of type 'object'`],
  ['case 29', { attachment: { volume_uuid: ID }, x: 1 }, "Additional properties are not allowed ('x' was unexpected)"],
  [
    'case 30',
    { attachment: { connector: null, instance_uuid: 'test_id' } },
    `${FIELD} instance_uuid. Value: test_id. 'test_id' is not a 'uuid'`,
  ],
  [
    'case 31',
    { attachment: { connector: null, volume_uuid: 'test_id' } },
    `${FIELD} volume_uuid. Value: test_id. 'test_id' is not a 'uuid'`,
  ],
  [
    'case 32',
    { attachment: { volume_uuid: 'invalid-uuid', instance_uuid: ID } },
    `${FIELD} volume_uuid. Value: invalid-uuid. 'invalid-uuid' is not a 'uuid'`,
  ],
  [
    'case 33',
    { attachment: { volume_uuid: ID, instance_uuid: 'invalid-uuid' } },
    `${FIELD} instance_uuid. Value: invalid-uuid. 'invalid-uuid' is not a 'uuid'`,
  ],
  [
    'case 34',
    { attachment: { volume_uuid: ID, instance_uuid: null } },
    `${FIELD} instance_uuid. Value: None. None is not of type 'string'`,
  ],
  ['case 35', { attachment: { connector: {} } }, `${FIELD} attachment. Value: {'connector': {}}. 'volume_uuid' is a required property`],
  ['case 36', { attachment: { volume_uuid: ID, connector: 'x' } }, `${FIELD} connector. Value: x. 'x' is not of type 'object', 'null'`],
])('%s: POST %j is refused', async (_case, body, message) => {
  expect(await world.request('POST', '/v3/attachments', body)).toMatchObject({ status: 400, body: { badRequest: { code: 400, message } } });
});

it.each([
  ['case 37', '3.53', 'ro', "Additional properties are not allowed ('mode' was unexpected)"],
  ['case 38', '3.54', null, "None is not of type 'string'"],
  ['case 39', '3.54', 'xx', "'xx' is not one of ['rw', 'ro']"],
])('%s: at %s the mode %p is refused', async (_case, version, mode, text) => {
  const answer = await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: ID, mode } }, { [V]: `volume ${version}` });

  expect(answer.status).toBe(400);
  expect(answer.body.badRequest.message).toContain(text);
});

it('case 40: an unknown volume is not found', async () => {
  const id = randomUUID();

  expect(await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: id } })).toMatchObject({
    status: 404,
    body: { itemNotFound: { message: `Volume ${id} could not be found.` } },
  });
});

it('case 41: neither is the volume of another project', async () => {
  const volume = await world.volume();

  expect(
    await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume } }, { 'X-Auth-Token': world.stranger }),
  ).toMatchObject({ status: 404, body: { itemNotFound: { message: `Volume ${volume} could not be found.` } } });
});

it.each([
  ['case 42', { instance_uuid: ID, connector: null }, '3.27', { instance: ID, attach_mode: 'null' }],
  ['case 43', {}, '3.44', { instance: null }],
  ['case 44', { connector: {} }, '3.44', { connection_info: {} }],
  ['case 47', { mode: 'ro' }, '3.54', { attach_mode: 'ro' }],
  ['case 48', { mode: 'rw' }, '3.54', { attach_mode: 'rw' }],
])('%s: a create of %j at %s reserves', async (_case, wanted, version, expected) => {
  const volume = await world.volume();

  const answer = await world.request(
    'POST',
    '/v3/attachments',
    { attachment: { volume_uuid: volume, ...wanted } },
    { [V]: `volume ${version}` },
  );

  expect(answer).toMatchObject({
    status: 200,
    body: { attachment: { status: 'reserved', volume_id: volume, attached_at: '', detached_at: '', connection_info: {}, ...expected } },
  });
  expect(Object.keys(answer.body.attachment)).toEqual([
    'id',
    'status',
    'instance',
    'volume_id',
    'attached_at',
    'detached_at',
    'attach_mode',
    'connection_info',
  ]);
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
});

it('case 45: a create with a connector answers the row as it stands', async () => {
  const volume = await world.volume();

  const { status, body } = await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume, connector: aConnector() } });

  expect(status).toBe(200);
  expect(body.attachment).toMatchObject({ status: 'attaching', attached_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}$/) });
  expect(body.attachment.connection_info).toMatchObject({ attachment_id: body.attachment.id, enforce_multipath: false });
  expect(body.attachment.connection_info.driver_volume_type).toEqual(expect.any(String));
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
});

it('case 52: a second instance finds the volume reserved', async () => {
  const { volume } = await world.reservedAttachment();

  expect(
    await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume, instance_uuid: randomUUID() } }),
  ).toMatchObject({
    status: 400,
    body: {
      badRequest: {
        message: `Invalid volume: Volume ${volume} status must be available or downloading to reserve, but the current status is reserved.`,
      },
    },
  });
});

it.each([
  ['case 121', { attachment: {} }, "'connector' is a required property"],
  ['case 122', { attachment: { connector: {} } }, '{} does not have enough properties'],
  ['case 123', { attachment: { connector: null } }, "None is not of type 'object'"],
  ['case 124', { attachment: { connector: aConnector(), mode: 'rw' } }, "Additional properties are not allowed ('mode' was unexpected)"],
  ['case 147', { attachment: { connector: { a: 1 } } }, "'host' is a required property"],
])('%s: PUT %j is refused', async (_case, body, text) => {
  const { id } = await world.reservedAttachment();

  const answer = await world.request('PUT', `/v3/attachments/${id}`, body, { [V]: 'volume 3.54' });

  expect(answer.status).toBe(400);
  expect(answer.body.badRequest.message).toContain(text);
});

it('cases 125 and 126: the body is looked at before the id', async () => {
  expect(await world.request('PUT', '/v3/attachments/foo', { attachment: { connector: aConnector() } })).toMatchObject({
    status: 404,
    body: { itemNotFound: { message: 'Volume attachment could not be found with filter: attachment_id = foo.' } },
  });
  expect((await world.request('PUT', '/v3/attachments/foo', {})).status).toBe(400);
});

it('cases 127 and 128: an update answers the row as it stands', async () => {
  const { id, instance } = await world.reservedAttachment();

  const { status, body } = await world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });

  expect(status).toBe(200);
  expect(body.attachment).toMatchObject({ id, instance, status: 'attaching', attach_mode: 'rw' });
  expect(body.attachment.attached_at).not.toBe('');
  expect(body.attachment.connection_info).not.toHaveProperty('data');
});

it('case 131: a connector of host and initiator alone', async () => {
  const { id } = await world.reservedAttachment();

  const { status, body } = await world.request('PUT', `/v3/attachments/${id}`, {
    attachment: { connector: { host: 'h', initiator: 'i' } },
  });

  expect([status, body.attachment.attach_mode]).toEqual([200, 'rw']);
  expect(await world.attachmentRow(id)).toMatchObject({ mountpoint: 'na', attached_host: 'h' });
});
