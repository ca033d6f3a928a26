import { randomUUID } from 'node:crypto';
import { NovaConfig } from '@app/openstack';
import { NovaStandIn, type NovaSays } from '../support/nova-stand-in';
import { aConnector, startWorld, type World } from '../support/world';
import { until } from '../support/until';
import { actOnVolume, conflict, failure, GENERIC, hostsOf, pending, refusal, remove, rowsOf, update, volumeIs } from './calls';

/** Whether a user may end what an instance uses is for compute to say (spec: state-machine §6); compute is played. */
let world: World;
let nova: NovaStandIn;
beforeAll(async () => {
  nova = await NovaStandIn.start();
  const config = Object.assign(new NovaConfig(), { NOVA_GUARD: 'url', NOVA_URL: nova.url, NOVA_TIMEOUT_MS: 1_000 });
  world = await startWorld({ nova: config });
}, 120_000);
afterAll(async () => {
  await world.stop();
  await nova.stop();
});

const SERVICE = { 'X-Service-Token': 'nova:service:service' };
const asAdmin = () => ({ 'X-Auth-Token': world.admin });
const inUse = (instance: string) => conflict(`ConflictNovaUsingAttachment: Detach volume from instance ${instance} using the Compute API`);
const nothingLeft = { status: 200, body: { attachments: [] } };

/** An attached volume, of which compute says this; by itself, that it uses just this attachment. */
async function attached(says?: NovaSays) {
  const made = await world.attachedAttachment();
  nova.says(made.volume, says ?? { attachmentId: made.id });
  return made;
}

/** Nothing has changed, and compute was asked that often. */
async function unchanged(id: string, volume: string, questions: number): Promise<void> {
  expect(await world.attachmentRow(id)).toMatchObject({ deleted: false, attach_status: 'attached' });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
  expect(nova.askedAbout(volume)).toHaveLength(questions);
}

describe('a delete of an attachment', () => {
  it.each([
    ['178', 'a member', () => ({})],
    ['179', 'an administrator', asAdmin],
    ['188', 'whoever sends his own token as the service’s', () => ({ 'X-Service-Token': world.member })],
    ['190', 'whoever only says that he is a service', () => ({ 'X-Service-Roles': 'service' })],
  ])('case %s: is refused to %s while the instance uses it', async (_, __, headers) => {
    const { id, volume, instance } = await attached();

    expect(await remove(world, id, headers())).toMatchObject(inUse(instance));

    await unchanged(id, volume, 1);
  });

  it('case 180: is never refused to a service, and compute not asked', async () => {
    const { id, volume } = await attached();

    expect(await remove(world, id, { 'X-Service-Token': 'nova:service:reader,service' })).toMatchObject(nothingLeft);

    expect(nova.askedAbout(volume)).toEqual([]);
  });

  it('case 182: is carried out when compute knows nothing of it, which it is asked once, with the user’s token', async () => {
    const { id, volume, instance } = await attached({ status: 404, body: { itemNotFound: { code: 404, message: 'gone' } } });

    const globalRequestId = `req-${randomUUID()}`;

    expect(await remove(world, id, { 'X-OpenStack-Request-ID': globalRequestId })).toMatchObject(nothingLeft);

    expect(nova.askedAbout(volume)).toEqual([
      {
        path: `/v2.1/servers/${instance}/os-volume_attachments/${volume}`,
        headers: expect.objectContaining({
          'x-auth-token': world.member,
          'openstack-api-version': 'compute 2.89',
          'x-openstack-nova-api-version': '2.89',
          'x-openstack-request-id': globalRequestId,
        }),
      },
    ]);
  });

  it('case 183: is carried out when compute has another attachment there', async () => {
    const { id, volume } = await attached({ attachmentId: randomUUID() });

    expect(await remove(world, id)).toMatchObject(nothingLeft);
    expect(nova.askedAbout(volume)).toHaveLength(1);
  });

  it('case 184: is nothing to compute without an instance', async () => {
    const volume = await world.volume();
    const made = await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume, connector: aConnector() } });

    expect(await remove(world, made.body.attachment.id as string)).toMatchObject(nothingLeft);
    expect(nova.askedAbout(volume)).toEqual([]);
  });

  it('case 185: is nothing to compute before anything was connected', async () => {
    const { id, volume } = await world.reservedAttachment();
    nova.says(volume, { attachmentId: id });

    expect(await remove(world, id)).toMatchObject(nothingLeft);
    expect(nova.askedAbout(volume)).toEqual([]);
  });

  it('of a shelved instance’s attachment, completed and connected by nobody, is nothing to compute', async () => {
    const { id, volume } = await world.reservedAttachment();
    await world.request('POST', `/v3/attachments/${id}/action`, { 'os-complete': null });
    nova.says(volume, { attachmentId: id });

    expect(await remove(world, id)).toMatchObject(nothingLeft);
    expect(nova.askedAbout(volume)).toEqual([]);
  });

  it.each([
    [503, 'serviceUnavailable', 'The server is currently unavailable. Please try again at a later time.'],
    [403, 'forbidden', 'Access was denied to this resource.'],
    [401, 'unauthorized', expect.stringMatching(/^This server could not verify that you are authorized/)],
    [406, 'computeFault', expect.stringMatching(/^The server could not comply with the request/)],
    [405, 'badMethod', expect.stringMatching(/^The server could not comply with the request/)],
    [501, 'notImplemented', GENERIC],
    [418, 'computeFault', expect.stringMatching(/^The server could not comply with the request/)],
    [429, 'computeFault', 'The client has sent too many requests in a given amount of time'],
  ])('case 186: fails with %d as compute does, and deletes nothing', async (code, name, message) => {
    const { id, volume } = await attached({ status: code, body: { whatever: { message: 'not for callers' } } });

    expect(await remove(world, id)).toMatchObject({ status: code, body: { [name]: { code, message } } });

    await unchanged(id, volume, 1);
  });

  it.each<[string, NovaSays]>([
    ['answers nothing', 'nothing'],
    ['is not what answers: a 404 of a wrong URL', { status: 404, body: 'no such page' }],
    ['answers in an older version, without the attachment', { status: 200, body: { volumeAttachment: { id: 'v', device: '/dev/vdb' } } }],
    ['leads elsewhere', { status: 302 }],
  ])('case 187: fails with 500 when compute %s, and deletes nothing', async (_, says) => {
    const { id, volume } = await attached(says);

    expect(await remove(world, id)).toMatchObject(failure(GENERIC));

    await unchanged(id, volume, 1);
  });

  it('is asked about while an attach is under way, which connects what was reserved a moment ago', async () => {
    const { id, volume, instance } = await world.reservedAttachment();
    nova.says(volume, { attachmentId: id });
    world.driver.faults = { hangOn: ['initializeConnection'] };
    const attach = pending(update(world, id));
    await until('the attach is under way', async () => (await world.unfinished()).some((op) => op.attachment_id === id));

    expect(await remove(world, id)).toMatchObject(inUse(instance));
    world.driver.faults = {};

    expect(await attach).toMatchObject({ status: 200 });
    await world.settled();
  });
});

describe('an update of an attachment', () => {
  const elsewhere = aConnector('tempest-2');

  it('with another connector ends the connection of the first, so it is refused while the instance uses that', async () => {
    const { id, volume, instance } = await attached();

    expect(await update(world, id, elsewhere)).toMatchObject(inUse(instance));

    await unchanged(id, volume, 1);
  });

  it.each<[string, () => Record<string, string>, NovaSays | undefined, number]>([
    ['by a service', () => SERVICE, undefined, 0],
    ['when compute has another attachment there', () => ({}), { attachmentId: randomUUID() }, 1],
  ])('with another connector is carried out %s', async (_, headers, says, questions) => {
    const { id, volume } = await attached(says);

    const answer = await world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: elsewhere } }, headers());

    expect(answer).toMatchObject({ status: 200 });
    expect(hostsOf(world, volume)).toEqual(['tempest-2']);
    expect(nova.askedAbout(volume)).toHaveLength(questions);
  });

  it('with the same connector, or the first one, is nothing to compute', async () => {
    const [first, again] = [await world.reservedAttachment(), await attached()];

    expect(await update(world, first.id)).toMatchObject({ status: 200 });
    expect(await update(world, again.id)).toMatchObject({ status: 200 });

    expect([...nova.askedAbout(first.volume), ...nova.askedAbout(again.volume)]).toEqual([]);
  });
});

describe('a volume action', () => {
  const mismatch = refusal('Invalid input received: Mismatched volume and attachment');

  it.each([
    ['os-detach', {}, () => ({})],
    ['os-terminate_connection', { connector: aConnector() }, () => ({})],
    ['os-force_detach', {}, asAdmin],
  ])('case 208: %s is refused while the instance uses the volume', async (action, said, headers) => {
    const { id, volume, instance } = await attached();

    expect(await actOnVolume(world, volume, action, said, headers())).toMatchObject(inUse(instance));
    await unchanged(id, volume, 1);
    expect(await actOnVolume(world, volume, action, said, { ...headers(), ...SERVICE })).toMatchObject({ status: 202 });
  });

  it('os-force_detach is asked about twice, before the connection and before the attachment', async () => {
    const { volume } = await attached({ attachmentId: randomUUID() });

    expect(await actOnVolume(world, volume, 'os-force_detach', {}, asAdmin())).toMatchObject({ status: 202 });

    expect(nova.askedAbout(volume)).toHaveLength(2);
    expect(await world.st(volume)).toEqual(['available', 'detached']);
  });

  it('cases 191 and 207: of several attachments nobody can tell the instance', async () => {
    const volume = await world.volume({ multiattach: true });
    const one = await world.attachedAttachment(volume);
    await world.attachedAttachment(volume, aConnector('tempest-2'));

    expect(await actOnVolume(world, volume, 'os-detach', {})).toMatchObject(inUse(''));
    expect(await actOnVolume(world, volume, 'os-terminate_connection', { connector: aConnector() })).toMatchObject(inUse(''));
    expect(await actOnVolume(world, volume, 'os-detach', {}, SERVICE)).toMatchObject(
      refusal('Invalid volume: Detach volume failed: More than one attachment, but no attachment_id provided.'),
    );
    expect(nova.askedAbout(volume)).toEqual([]);
    expect(await rowsOf(world, volume)).toHaveLength(2);
    nova.says(volume, { attachmentId: one.id });
    expect(await actOnVolume(world, volume, 'os-detach', { attachment_id: one.id })).toMatchObject(inUse(one.instance));
  });

  it('cases 209 and 210: an attachment that is elsewhere is a mismatch, and one that is nowhere is refused', async () => {
    const { id, volume } = await attached();
    const other = await attached();

    expect(await actOnVolume(world, volume, 'os-detach', { attachment_id: other.id })).toMatchObject(mismatch);
    expect(await actOnVolume(world, volume, 'os-detach', { attachment_id: randomUUID() })).toMatchObject(inUse(''));

    await unchanged(id, volume, 0);
  });

  it('of a volume without attachments asks nobody', async () => {
    const volume = await world.volume();
    await actOnVolume(world, volume, 'os-initialize_connection', { connector: aConnector() });
    await volumeIs(world, volume, { status: 'detaching', attach_status: 'attached' });

    expect(await actOnVolume(world, volume, 'os-terminate_connection', { connector: aConnector() })).toMatchObject({ status: 202 });
    expect(await actOnVolume(world, volume, 'os-detach', {})).toMatchObject({ status: 202 });

    expect(nova.askedAbout(volume)).toEqual([]);
    expect(await world.st(volume)).toEqual(['available', 'detached']);
  });

  it('of what os-attach made, and nobody connected by an attachment, asks nobody', async () => {
    const volume = await world.volume();
    await actOnVolume(world, volume, 'os-attach', { instance_uuid: randomUUID(), mountpoint: '/dev/vdb' });

    expect(await actOnVolume(world, volume, 'os-detach', {})).toMatchObject({ status: 202 });

    expect(nova.askedAbout(volume)).toEqual([]);
  });

  it('os-reset_status, os-unreserve and a delete of the volume are no detach: they ask nobody', async () => {
    const { volume } = await attached();

    await actOnVolume(world, volume, 'os-unreserve', {});
    await world.request('DELETE', `/v3/volumes/${volume}`);
    expect(await actOnVolume(world, volume, 'os-reset_status', { attach_status: 'detached' }, asAdmin())).toMatchObject({ status: 202 });

    expect(nova.askedAbout(volume)).toEqual([]);
  });
});
