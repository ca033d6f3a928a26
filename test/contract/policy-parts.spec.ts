import { writeFileSync } from 'node:fs';
import { PolicyConfig } from '../../apps/gateway/src/gateway.module';
import { currentRun } from '../support/test-run';
import { PROJECT_1, startWorld, type World } from '../support/world';
import { actOnVolume, create, refusedBy, rowsOf, volumeIs } from './calls';

/** An operator who keeps for administrators what Cinder's defaults give to members. */
const RULES = {
  'volume:multiattach': 'rule:admin_api',
  'volume:multiattach_bootable_volume': 'rule:admin_api or user_id:%(user_id)s',
  'volume:extend_attached_volume': 'rule:admin_api',
  'volume:update': 'user_id:%(user_id)s',
  'volume:attachment_delete': 'user_id:%(user_id)s',
};

let world: World;
beforeAll(async () => {
  const path = `${currentRun().folder}/policy-parts.json`;
  writeFileSync(path, JSON.stringify(RULES));
  world = await startWorld({ policy: Object.assign(new PolicyConfig(), { POLICY_FILE: path }) });
}, 120_000);
afterAll(() => world.stop());

const asAdmin = () => ({ 'X-Auth-Token': world.admin });
const shared = () => world.volume({ multiattach: true, token: world.admin });

describe('of a multiattach volume that is in use', () => {
  async function inUse(bootable: boolean): Promise<string> {
    const volume = await shared();
    await world.attachedAttachment(volume);
    await volumeIs(world, volume, { bootable });
    return volume;
  }

  it.each([{}, { connector: { host: 'h2', initiator: 'i2' } }])(
    'case 67: who may not share a bootable one gets no further attachment (%j)',
    async (more) => {
      const volume = await inUse(true);
      const before = await world.volumeRow(volume);

      expect(await create(world, volume, more)).toMatchObject(refusedBy('volume:multiattach_bootable_volume'));

      expect(await rowsOf(world, volume)).toHaveLength(1);
      expect(await world.volumeRow(volume)).toEqual(before);
    },
  );

  it.each([
    ['an administrator', asAdmin, { user_id: 'somebody' }],
    ['whoever made it', () => ({}), { user_id: 'm1' }],
  ])('%s, who may, shares it', async (_, headers, made) => {
    const volume = await inUse(true);
    await volumeIs(world, volume, made);

    const shares = await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume } }, headers());

    expect(shares.status).toBe(200);
    expect(await rowsOf(world, volume)).toHaveLength(2);
  });

  it('everybody shares one that nobody boots from', async () => {
    expect((await create(world, await inUse(false))).status).toBe(200);
  });

  it('the first attachment of a bootable one is everybody’s', async () => {
    const volume = await shared();
    await volumeIs(world, volume, { bootable: true });

    expect((await create(world, volume)).status).toBe(200);
  });
});

it('who may make no multiattach volumes makes none of such a type, and all others', async () => {
  const type = await world.request(
    'POST',
    '/v3/types',
    { volume_type: { name: 'shared', extra_specs: { multiattach: '<is> True' } } },
    asAdmin(),
  );
  const wanted = { volume: { size: 1, volume_type: type.body.volume_type.id as string } };

  expect(await world.request('POST', '/v3/volumes', wanted)).toMatchObject(refusedBy('volume:multiattach'));
  expect(await world.request('POST', '/v3/volumes', { volume: { size: 1 } })).toMatchObject({ status: 202 });
  expect(await world.request('POST', '/v3/volumes', wanted, asAdmin())).toMatchObject({
    status: 202,
    body: { volume: { multiattach: true } },
  });
});

it('who may extend no volume in use extends one that is not, and an administrator both', async () => {
  const { volume } = await world.attachedAttachment();
  const free = await world.volume();

  expect(await actOnVolume(world, volume, 'os-extend', { new_size: 2 })).toMatchObject(refusedBy('volume:extend_attached_volume'));
  expect((await world.volumeRow(volume)).status).toBe('in-use');
  expect((await actOnVolume(world, free, 'os-extend', { new_size: 2 })).status).toBe(202);
  expect((await actOnVolume(world, volume, 'os-extend', { new_size: 2 }, asAdmin())).status).toBe(202);
});

it.each([
  ['volume:update', 'PUT', 'volumes', { volume: { name: 'n' } }],
  ['volume:attachment_delete', 'DELETE', 'attachments', undefined],
])('a rule about the user, %s, is asked about whoever made the volume', async (rule, method, kind, body) => {
  const { id, volume } = await world.reservedAttachment();
  const path = `/v3/${kind}/${kind === 'volumes' ? volume : id}`;

  for (const token of [`m3:${PROJECT_1}:member`, world.admin]) {
    expect(await world.request(method, path, body, { 'X-Auth-Token': token })).toMatchObject(refusedBy(rule));
  }
  expect((await world.request(method, path, body, { 'X-Auth-Token': world.stranger })).status).toBe(404);
  expect((await world.request(method, path, body)).status).toBe(200);
});
