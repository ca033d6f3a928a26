import { writeFileSync } from 'node:fs';
import { PolicyConfig } from '../../apps/gateway/src/gateway.module';
import { currentRun } from '../support/test-run';
import { startWorld, type World } from '../support/world';
import { actOnVolume, create, refusedBy, rowsOf, volumeIs } from './calls';

/** An operator who keeps for administrators what Cinder's defaults give to members. */
const RULES = {
  'volume:multiattach': 'rule:admin_api',
  'volume:multiattach_bootable_volume': 'rule:admin_api',
  'volume:extend_attached_volume': 'rule:admin_api',
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

  it('who may shares it', async () => {
    const volume = await inUse(true);

    const made = await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume } }, asAdmin());

    expect(made.status).toBe(200);
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
