import { randomUUID } from 'node:crypto';
import { PROJECT_1, startWorld, type World } from '../support/world';
import { until } from '../support/until';
import { refusal, volumeIs } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const V = 'OpenStack-API-Version';
const NOT_DELETABLE = /^Invalid volume: Volume status must be available or error or /;

it('a volume is made, shown, changed, listed and deleted at 3.0', async () => {
  const plain = { [V]: null };
  const made = await world.request('POST', '/v3/volumes', { volume: { size: '1', name: 'n', metadata: { a: 'b' }, unknown: 1 } }, plain);
  expect(made).toMatchObject({ status: 202, body: { volume: { status: 'creating', size: 1, metadata: { a: 'b' }, attachments: [] } } });
  const id = made.body.volume.id as string;
  await until('the volume is available', async () => (await world.volumeRow(id)).status === 'available');

  const changed = await world.request('PUT', `/v3/volumes/${id}`, { volume: { name: 'm' } }, plain);
  expect(changed).toMatchObject({ status: 200, body: { volume: { id, name: 'm', metadata: { a: 'b' } } } });
  const shown = await world.request('GET', `/v3/${PROJECT_1}/volumes/${id}`, undefined, plain);
  expect(shown.body.volume.links).toEqual([
    { rel: 'self', href: `${world.gateway.url}/v3/${PROJECT_1}/volumes/${id}` },
    { rel: 'bookmark', href: `${world.gateway.url}/${PROJECT_1}/volumes/${id}` },
  ]);

  const deleted = await world.request('DELETE', `/v3/volumes/${id}`, undefined, plain);
  expect([deleted.status, deleted.text]).toEqual([202, '']);
  await until('the volume is gone', async () => (await world.request('GET', `/v3/volumes/${id}`, undefined, plain)).status === 404);
});

it('only what an update names changes, and null takes it away', async () => {
  const wanted = { size: 1, name: 'n', description: 'd', metadata: { a: 'b' } };
  const { body } = await world.request('POST', '/v3/volumes', { volume: wanted });
  const update = async (volume: object): Promise<unknown> =>
    (await world.request('PUT', `/v3/volumes/${body.volume.id}`, { volume })).body.volume;

  expect(await update({ description: null })).toMatchObject({ name: 'n', description: null, metadata: { a: 'b' } });
  expect(await update({ display_description: 'e' })).toMatchObject({ name: 'n', description: 'e' });
  expect(await update({ name: null, display_name: 'older' })).toMatchObject({ name: null, description: 'e' });
  expect(await update({ display_name: 'm', display_description: null })).toMatchObject({ name: 'm', description: null });
  expect(await update({ metadata: {} })).toMatchObject({ name: 'm', description: null, metadata: {} });
});

it('a volume in maintenance keeps its name', async () => {
  const id = await world.volume();
  await volumeIs(world, id, { status: 'maintenance' });

  expect(await world.request('PUT', `/v3/volumes/${id}`, { volume: { name: 'm' } })).toMatchObject(
    refusal('Invalid volume: The volume cannot be updated during maintenance.'),
  );
  expect((await world.volumeRow(id)).name).toBeNull();
});

it.each([
  ['3.53', { size: 1, unknown: 1 }, "Additional properties are not allowed ('unknown' was unexpected)"],
  ['3.0', { size: 0 }, '0 is less than the minimum of 1'],
  ['3.0', {}, 'Volume size must be an integer and greater than 0.'],
  ['3.0', { size: 1, multiattach: true }, 'multiattach parameter has been removed.'],
  ['3.0', { size: 1, snapshot_id: randomUUID() }, 'can not be created from snapshot_id'],
  ['3.0', { size: 1, metadata: { a: 1 } }, "1 is not of type 'string'"],
])('at %s a volume of %j is refused', async (version, volume, text) => {
  const answer = await world.request('POST', '/v3/volumes', { volume }, { [V]: `volume ${version}` });

  expect(answer.status).toBe(400);
  expect(answer.body.badRequest.message).toContain(text);
});

it('a page says where the next one is, and how many there are in all', async () => {
  const token = `pager:${randomUUID()}:member`;
  const ids = [await world.volume({ token }), await world.volume({ token })].reverse();

  const { body } = await world.request('GET', '/v3/volumes?limit=1&with_count=true', undefined, {
    'X-Auth-Token': token,
    [V]: 'volume 3.45',
  });

  expect(body).toMatchObject({ volumes: [{ id: ids[0] }], count: 2, volumes_links: [{ rel: 'next' }] });
  const next = new URL(body.volumes_links[0].href as string);
  expect([next.searchParams.get('limit'), next.searchParams.get('marker')]).toEqual(['1', ids[0]]);
  expect(Object.keys((await world.request('GET', '/v3/volumes', undefined, { 'X-Auth-Token': token })).body)).toEqual(['volumes']);
});

it('cases 197, 198 and 199: begin and roll back detaching', async () => {
  const { volume } = await world.attachedAttachment();
  const act = (name: string) => world.request('POST', `/v3/volumes/${volume}/action`, { [name]: {} }, { [V]: null });

  expect((await act('os-roll_detaching')).status).toBe(202);
  expect((await act('os-begin_detaching')).status).toBe(202);
  expect(await world.st(volume)).toEqual(['detaching', 'attached']);
  expect(await act('os-begin_detaching')).toMatchObject({
    status: 400,
    body: {
      badRequest: {
        message: "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.",
      },
    },
  });
  expect((await act('os-roll_detaching')).status).toBe(202);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('an action that is not here is unknown', async () => {
  const { status, body } = await world.request('POST', `/v3/volumes/${randomUUID()}/action`, { 'os-reimage': {} });

  expect([status, body.badRequest.message]).toEqual([
    400,
    'There is no such action: os-reimage. Verify the request body and Content-Type header and try again.',
  ]);
});

it('case 219: a reserved volume is not deleted', async () => {
  const { volume } = await world.reservedAttachment();

  const { status, body } = await world.request('DELETE', `/v3/volumes/${volume}`);

  expect([status, body.badRequest.message]).toEqual([400, expect.stringMatching(NOT_DELETABLE)]);
});

it('case 222: the host of an attachment is for administrators', async () => {
  const { volume, id } = await world.attachedAttachment();
  const attachment = async (token: string): Promise<unknown> =>
    (await world.request('GET', `/v3/volumes/${volume}`, undefined, { 'X-Auth-Token': token })).body.volume.attachments[0];

  expect(await attachment(world.member)).toMatchObject({ id: volume, attachment_id: id, device: '/dev/vdb', host_name: null });
  expect(await attachment(world.admin)).toMatchObject({ host_name: 'tempest-1' });
});

it('case 223: an attaching attachment is not of the volume yet', async () => {
  const { volume } = await world.attachingAttachment();

  expect((await world.request('GET', `/v3/volumes/${volume}`)).body.volume.attachments).toEqual([]);
});

it('a type makes multiattach volumes, and only administrators make types', async () => {
  const admin = { 'X-Auth-Token': world.admin };
  const name = `t-${randomUUID()}`;
  expect(await world.request('POST', '/v3/types', { volume_type: { name } })).toMatchObject({
    status: 403,
    body: { forbidden: { message: "Policy doesn't allow volume_extension:type_create to be performed." } },
  });

  const { body } = await world.request('POST', '/v3/types', { volume_type: { name } }, admin);
  const type = `/v3/types/${body.volume_type.id}`;
  const specs = { multiattach: '<is> True', secret_of_ours: 'x' };
  expect(await world.request('POST', `${type}/extra_specs`, { extra_specs: specs }, admin)).toMatchObject({
    status: 200,
    body: { extra_specs: specs },
  });
  expect((await world.request('PUT', `${type}/extra_specs/a`, { a: 'b' }, admin)).body).toEqual({ a: 'b' });
  expect((await world.request('PUT', `${type}/extra_specs/a`, { b: 'b' }, admin)).status).toBe(400);
  expect((await world.request('DELETE', `${type}/extra_specs/a`, undefined, admin)).status).toBe(202);
  expect((await world.request('GET', `${type}/extra_specs/a`, undefined, admin)).status).toBe(404);
  expect((await world.request('GET', type)).body.volume_type.extra_specs).toEqual({ multiattach: '<is> True' });

  const made = await world.request('POST', '/v3/volumes', { volume: { size: 1, volume_type: name } });
  expect(made.body.volume).toMatchObject({ multiattach: true, volume_type: name });
  expect((await world.request('DELETE', type, undefined, admin)).status).toBe(409);
});

it.each([`{'shelf': 'upper'}`, `{"shelf":"upper"}`])('volumes are filtered by metadata %s', async (metadata) => {
  const made = await world.request('POST', '/v3/volumes', { volume: { size: 1, metadata: { shelf: 'upper', row: '3' } } });

  const found = await world.request('GET', `/v3/volumes?metadata=${encodeURIComponent(metadata)}`);
  const none = await world.request('GET', `/v3/volumes?metadata=${encodeURIComponent("{'shelf': 'lower'}")}`);
  const nonsense = await world.request('GET', '/v3/volumes?metadata=shelf');

  expect(found.body.volumes).toContainEqual(expect.objectContaining({ id: made.body.volume.id }));
  expect([none.body.volumes, nonsense.body.volumes]).toEqual([[], []]);
});
