import { writeFileSync } from 'node:fs';
import { PolicyConfig } from '../../apps/gateway/src/gateway.module';
import { currentRun } from '../support/test-run';
import { PROJECT_1, startWorld, type World } from '../support/world';

/** What of an answer depends on who asks. */
const HOST = ['os-vol-host-attr:host'];
const MIGRATION = ['os-vol-mig-status-attr:migstat', 'os-vol-mig-status-attr:name_id'];
const TENANT = ['os-vol-tenant-attr:tenant_id'];
const USED = ['totalVolumesUsed', 'totalGigabytesUsed', 'totalSnapshotsUsed', 'totalBackupsUsed', 'totalBackupGigabytesUsed'];
const ACCESS = ['os-volume-type-access:is_public'];
const OF_VOLUME = [...HOST, ...MIGRATION, ...TENANT];
const OF_TYPE = ['extra_specs', 'qos_specs_id', ...ACCESS];

/** Extra specs, of which the second is the operator's own affair. */
const SPECS = { multiattach: '<is> True', shelf: 'upper' };
const PUBLIC_SPECS = { multiattach: '<is> True' };

const role = (name: string) => `u-${name}:${PROJECT_1}:${name}`;

async function seen(world: World, token: string) {
  const asked = (path: string) => world.request('GET', path, undefined, { 'X-Auth-Token': token });
  const admin = { 'X-Auth-Token': world.admin };
  const made = await world.request('POST', '/v3/types', { volume_type: { name: `t-${token}`, extra_specs: SPECS } }, admin);
  const type = (await asked(`/v3/types/${made.body.volume_type.id}`)).body.volume_type as Record<string, unknown>;
  const listed = (await asked('/v3/types')).body.volume_types[0] as Record<string, unknown>;
  const specs = (await asked(`/v3/types/${made.body.volume_type.id}/extra_specs`)).body.extra_specs as object;
  const volume = (await asked(`/v3/volumes/${await world.volume()}`)).body.volume as object;
  const limits = (await asked('/v3/limits')).body.limits.absolute as object;
  expect(listed).toEqual(type);
  const keysOf = (found: object, among: string[]) => among.filter((key) => key in found);
  return { volume: keysOf(volume, OF_VOLUME), type: keysOf(type, OF_TYPE), within: type.extra_specs, specs, used: keysOf(limits, USED) };
}

describe('by the defaults', () => {
  let world: World;
  beforeAll(async () => (world = await startWorld()), 120_000);
  afterAll(() => world.stop());

  it.each([
    ['reader', { volume: TENANT, type: ['extra_specs'], within: PUBLIC_SPECS, specs: PUBLIC_SPECS, used: USED }],
    ['member', { volume: TENANT, type: ['extra_specs', ...ACCESS], within: PUBLIC_SPECS, specs: PUBLIC_SPECS, used: USED }],
    ['admin', { volume: OF_VOLUME, type: OF_TYPE, within: SPECS, specs: SPECS, used: USED }],
  ])('the role %s sees what Cinder shows it', async (name, expected) => {
    expect(await seen(world, role(name))).toEqual(expected);
  });

  it('somebody without a role that a rule names is told of no use', async () => {
    const { body } = await world.request('GET', '/v3/limits', undefined, { 'X-Auth-Token': role('foo') });

    expect(USED.filter((key) => key in (body.limits.absolute as object))).toEqual([]);
    expect(body.limits.absolute.maxTotalVolumes).toBe(-1);
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
    ['foo', { volume: TENANT, type: ACCESS, within: undefined, specs: PUBLIC_SPECS, used: USED }],
    ['reader', { volume: TENANT, type: ['extra_specs', ...ACCESS], within: PUBLIC_SPECS, specs: PUBLIC_SPECS, used: USED }],
    ['admin', { volume: OF_VOLUME, type: OF_TYPE, within: SPECS, specs: SPECS, used: USED }],
  ])('the role %s sees what Cinder showed it', async (name, expected) => {
    expect(await seen(world, role(name))).toEqual(expected);
  });
});

describe('by the operator’s file', () => {
  /** Each the other way round than by the defaults. */
  const RULES = {
    'volume_extension:volume_host_attribute': 'role:member',
    'volume_extension:volume_mig_status_attribute': '@',
    'volume_extension:volume_tenant_attribute': '!',
    'volume_extension:access_types_extra_specs': '!',
    'volume_extension:types_extra_specs:read_sensitive': 'role:member',
    'volume_extension:access_types_qos_specs_id': 'role:member',
    'volume_extension:volume_type_access': '!',
    'limits_extension:used_limits': '!',
  };
  let world: World;
  beforeAll(async () => {
    const path = `${currentRun().folder}/policy-views.json`;
    writeFileSync(path, JSON.stringify(RULES));
    world = await startWorld({ policy: Object.assign(new PolicyConfig(), { POLICY_FILE: path }) });
  }, 120_000);
  afterAll(() => world.stop());

  it('a member sees what its rules show, and no more', async () => {
    const expected = { volume: [...HOST, ...MIGRATION], type: ['qos_specs_id'], within: undefined, specs: SPECS, used: [] };

    expect(await seen(world, world.member)).toEqual(expected);
  });
});
