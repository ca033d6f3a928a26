import { randomUUID } from 'node:crypto';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const absent = (id: string) => ({
  status: 404,
  body: { itemNotFound: { code: 404, message: `Volume attachment could not be found with filter: attachment_id = ${id}.` } },
});
const act = (id: string, body: unknown, headers = {}) => world.request('POST', `/v3/attachments/${id}/action`, body, headers);

it.each([
  ['case 149', {}],
  ['case 150', null],
  ['any value', 'zzz'],
])('%s: os-complete of %j', async (_case, value) => {
  const { id, volume } = await world.attachingAttachment();

  const { status, text, headers } = await act(id, { 'os-complete': value });

  expect([status, text, headers.get('content-type')]).toEqual([204, '', 'application/json']);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('cases 151 and 152: a reserved attachment may be completed, and once more', async () => {
  const { id, volume } = await world.reservedAttachment();

  expect((await act(id, { 'os-complete': null })).status).toBe(204);
  expect((await act(id, { 'os-complete': null })).status).toBe(204);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('case 153: before 3.44 there is no os-complete', async () => {
  expect(await act(ID, { 'os-complete': null }, { 'OpenStack-API-Version': 'volume 3.43' })).toMatchObject({
    status: 404,
    body: { itemNotFound: { message: 'The resource could not be found.' } },
  });
});
const ID = randomUUID();

const noSuch = (name: string) => `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`;

it.each([
  ['case 154', { 'os-foo': {} }, noSuch('os-foo')],
  ['case 154', { constructor: {} }, noSuch('constructor')],
  ['case 154', undefined, noSuch('None')],
  ['case 155', {}, 'Malformed request body'],
  ['case 155', { 'os-complete': null, x: 1 }, 'Malformed request body'],
  ['case 155', [], 'Malformed request body'],
  ['case 155', '{x', 'Malformed request body'],
])('%s: the action %j is refused', async (_case, body, message) => {
  expect(await act(ID, body)).toMatchObject({ status: 400, body: { badRequest: { code: 400, message } } });
});

it('case 156: os-complete of an unknown attachment', async () => {
  expect(await act(ID, { 'os-complete': null })).toMatchObject(absent(ID));
});

it('cases 158 and 169: a reserved attachment is deleted, and then gone', async () => {
  const { id, volume } = await world.reservedAttachment();

  expect(await world.request('DELETE', `/v3/attachments/${id}`)).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(await world.request('DELETE', `/v3/attachments/${id}`)).toMatchObject(absent(id));
});

it('case 160: an attaching attachment is deleted, whatever its body says', async () => {
  const { id, volume } = await world.attachingAttachment();

  expect(await world.request('DELETE', `/v3/attachments/${id}`, '{x')).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('case 161: a delete answers what is left of the volume', async () => {
  const { id, volume, instance } = await world.reservedAttachment();
  const other = await world.reservedAttachment(volume, instance);

  const { body } = await world.request('DELETE', `/v3/attachments/${id}`);

  expect(body).toEqual({ attachments: [{ id: other.id, status: 'reserved', instance, volume_id: volume }] });
});
