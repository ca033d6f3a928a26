import { randomUUID } from 'node:crypto';
import { PROJECT_1, PROJECT_2, startWorld, type World } from '../support/world';
import { aConnector } from '../support/world';
import { absent, hostsOf, TIMESTAMP, volumeIs } from './calls';

/** Section D as far as projects go, and what a show says (section E). */
let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const V = 'OpenStack-API-Version';
const ADMIN = `admin:${PROJECT_1}`;
const PROJECT_ADMIN = `pa:${PROJECT_1}:admin`;
const MEMBER = `m1:${PROJECT_1}:member,reader`;
const READER = `r1:${PROJECT_1}:reader`;
const OTHER_MEMBER = `m2:${PROJECT_2}:member`;
const OTHER_READER = `r2:${PROJECT_2}:reader`;

const as = (token: string, version = '3.44') => ({ 'X-Auth-Token': token, [V]: `volume ${version}` });
const createAs = (token: string, volume: string) =>
  world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume, instance_uuid: randomUUID() } }, as(token));
const updateAs = (token: string, id: string) =>
  world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } }, as(token));
const completeAs = (token: string, id: string) => world.request('POST', `/v3/attachments/${id}/action`, { 'os-complete': null }, as(token));
const removeAs = (token: string, id: string) => world.request('DELETE', `/v3/attachments/${id}`, undefined, as(token));
const showAs = (token: string, id: string) => world.request('GET', `/v3/attachments/${id}`, undefined, as(token));

it.each([
  ['an administrator', ADMIN],
  ['a project administrator', PROJECT_ADMIN],
  ['a member', MEMBER],
])('case 75: %s may create', async (_who, token) => {
  const volume = await world.volume();

  expect((await createAs(token, volume)).status).toBe(200);
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
});

it.each([
  ['member', OTHER_MEMBER],
  ['reader', OTHER_READER],
])('case 77: for the %s of another project there is no such volume', async (_who, token) => {
  const volume = await world.volume();

  expect(await createAs(token, volume)).toMatchObject({
    status: 404,
    body: { itemNotFound: { message: `Volume ${volume} could not be found.` } },
  });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('case 81: a reader lists and shows', async () => {
  const { id } = await world.reservedAttachment();

  expect(await showAs(READER, id)).toMatchObject({ status: 200, body: { attachment: { id } } });
  for (const list of ['/v3/attachments', '/v3/attachments/detail']) {
    const { status, body } = await world.request('GET', list, undefined, as(READER));
    expect([status, body.attachments[0].id]).toEqual([200, id]);
  }
});

it('case 82: an administrator of one project handles an attachment of another by its id', async () => {
  const volume = await world.volume({ token: OTHER_MEMBER });
  const id = (await createAs(OTHER_MEMBER, volume)).body.attachment.id as string;

  expect((await showAs(ADMIN, id)).status).toBe(200);
  expect((await updateAs(ADMIN, id)).status).toBe(200);
  expect((await completeAs(ADMIN, id)).status).toBe(204);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  expect(await removeAs(ADMIN, id)).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('an attachment that an administrator makes belongs to the project of its volume', async () => {
  const volume = await world.volume({ token: OTHER_MEMBER });

  const id = (await createAs(ADMIN, volume)).body.attachment.id as string;

  expect((await showAs(OTHER_MEMBER, id)).status).toBe(200);
  expect(await showAs(MEMBER, id)).toMatchObject(absent(id));
});

it('cases 83, 84 and 85: for another project there is no such attachment, even if it has volumes of its own', async () => {
  await world.volume({ token: OTHER_MEMBER });
  const { id, volume } = await world.attachingAttachment();

  for (const call of [showAs, updateAs, removeAs, completeAs]) expect(await call(OTHER_MEMBER, id)).toMatchObject(absent(id));
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
});

it('case 87: a show of an attaching attachment', async () => {
  const { id, volume, instance, connectionInfo } = await world.attachingAttachment();

  const { body } = await showAs(MEMBER, id);

  expect(body.attachment).toEqual({
    id,
    status: 'attaching',
    instance,
    volume_id: volume,
    attached_at: expect.stringMatching(TIMESTAMP),
    detached_at: '',
    attach_mode: 'rw',
    connection_info: connectionInfo,
  });
});

it('case 88: a show, and no list, has the format of the admin metadata', async () => {
  const { id, volume } = await world.reservedAttachment();
  await volumeIs(world, volume, { admin_metadata: { format: 'qcow2' } });

  expect((await showAs(MEMBER, id)).body.attachment.connection_info).toEqual({ format: 'qcow2' });
  const { body } = await world.request('GET', `/v3/attachments/detail?volume_id=${volume}`, undefined, as(MEMBER));
  expect(body.attachments[0].connection_info).toEqual({});
});

it('case 89: a row as os-attach will leave it has a null connection_info', async () => {
  const volume = await world.volume();
  const id = randomUUID();
  await world.query(
    `insert into attachments (id, volume_id, project_id, attach_status, attach_mode, mountpoint, attach_time)
     values ($1, $2, $3, 'attached', 'rw', '/dev/vdc', clock_timestamp())`,
    [id, volume, PROJECT_1],
  );

  expect((await showAs(MEMBER, id)).body.attachment).toMatchObject({ status: 'attached', connection_info: null });
  expect(await removeAs(MEMBER, id)).toMatchObject({ status: 200, body: { attachments: [] } });
});

it.each([
  ['3.30', 'foo=bar', 200],
  ['3.31', 'foo=bar', 400],
  ['3.30', 'volume_id~=x', 200],
  ['3.33', 'volume_id~=x', 400],
  ['3.34', 'volume_id~=x', 400],
])('case 120: at %s a member who filters by %s is answered %i', async (version, query, status) => {
  expect((await world.request('GET', `/v3/attachments?${query}`, undefined, as(MEMBER, version))).status).toBe(status);
});
