import { PolicyConfig } from '../../apps/gateway/src/gateway.module';
import { PROJECT_1, startWorld, type World } from '../support/world';
import { actOnVolume, complete, create, refusedBy, remove, rowsOf, update } from './calls';

const READER = { 'X-Auth-Token': `r1:${PROJECT_1}:reader` };
const FOO = { 'X-Auth-Token': `f1:${PROJECT_1}:foo` };

describe('by the defaults', () => {
  let world: World;
  beforeAll(async () => (world = await startWorld()), 120_000);
  afterAll(() => world.stop());

  it.each([
    ['a reader', READER],
    ['somebody with another role', FOO],
  ])('case 76: %s creates no attachment', async (_, who) => {
    const volume = await world.volume();

    const answer = await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume } }, who);

    expect(answer).toMatchObject(refusedBy('volume:attachment_create'));
    expect(await rowsOf(world, volume)).toEqual([]);
    expect(await world.st(volume)).toEqual(['available', 'detached']);
  });

  it('cases 78, 79, 80 and 148: a member updates, completes and deletes an attachment, and a reader does none of it', async () => {
    const { id } = await world.reservedAttachment();
    const body = { attachment: { connector: { host: 'h', initiator: 'i', ip: '10.0.0.1' } } };
    const path = `/v3/attachments/${id}`;
    const before = await world.attachmentRow(id);

    expect(await world.request('PUT', path, body, READER)).toMatchObject(refusedBy('volume:attachment_update'));
    expect(await world.request('POST', `${path}/action`, { 'os-complete': null }, READER)).toMatchObject(
      refusedBy('volume:attachment_complete'),
    );
    expect(await world.request('DELETE', path, undefined, READER)).toMatchObject(refusedBy('volume:attachment_delete'));
    expect(await world.attachmentRow(id)).toEqual(before);

    expect((await update(world, id)).status).toBe(200);
    expect((await complete(world, id)).status).toBe(204);
    expect((await remove(world, id)).status).toBe(200);
  });

  it('case 214: a member forces no detach', async () => {
    const answer = await actOnVolume(world, await world.volume(), 'os-force_detach');

    expect(answer).toMatchObject(refusedBy('volume_extension:volume_admin_actions:force_detach'));
  });

  it.each([
    ['an attachment', 'attachments', 'Volume attachment could not be found'],
    ['a volume', 'volumes', 'could not be found'],
  ])('who may not change %s is not told of one that is not there', async (_, kind, text) => {
    const answer = await world.request('DELETE', `/v3/${kind}/5d8d5b1a-6f0e-4f5b-8c55-1f2f4a3f9a00`, undefined, READER);

    expect(answer).toMatchObject({ status: 404, body: { itemNotFound: { message: expect.stringContaining(text) } } });
  });
});

describe('by Cinder’s older defaults', () => {
  let world: World;
  beforeAll(
    async () => (world = await startWorld({ policy: Object.assign(new PolicyConfig(), { ENFORCE_NEW_DEFAULTS: 'false' }) })),
    120_000,
  );
  afterAll(() => world.stop());

  it.each([
    ['a reader', READER],
    ['somebody with another role', FOO],
  ])('case 76, as it was: %s of the project does what a member does', async (_, who) => {
    const volume = await world.volume();

    const made = await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume } }, who);
    const deleted = await world.request('DELETE', `/v3/attachments/${made.body.attachment.id}`, undefined, who);

    expect([made.status, deleted.status]).toEqual([200, 200]);
    expect((await create(world, volume)).status).toBe(200);
  });

  it('what is an administrator’s stays so', async () => {
    const answer = await actOnVolume(world, await world.volume(), 'os-reset_status', { status: 'error' }, FOO);

    expect(answer).toMatchObject(refusedBy('volume_extension:volume_admin_actions:reset_status'));
  });
});
