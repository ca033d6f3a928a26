import type { VolumeRecord } from '@app/attachments';
import { microversion } from '../openstack/microversion.js';
import type { May } from '../policy/policy.parts.js';
import { volumeDetail } from './volume.view.js';

const volume: VolumeRecord = {
  id: 'v',
  projectId: 'p',
  userId: 'u',
  name: 'n',
  description: null,
  size: 1,
  status: 'in-use',
  attachStatus: 'attached',
  migrationStatus: null,
  multiattach: false,
  bootable: false,
  host: 'h@b#p',
  availabilityZone: 'nova',
  volumeTypeId: 't',
  volumeTypeName: null,
  encryptionKeyId: 'k',
  metadata: { readonly: 'mine', a: '1' },
  adminMetadata: { readonly: 'False', format: 'qcow2' },
  createdAt: '2026-11-23T15:04:37.425254',
  updatedAt: null,
  attachments: [{ attachmentId: 'a', instanceUuid: null, host: 'compute', mountpoint: 'na', attachedAt: null }],
};
interface Seer {
  isAdmin?: boolean;
  roles?: string[];
  may?: May;
}
const seenBy = (version: string, { isAdmin = false, roles = ['member'], may = () => isAdmin }: Seer = {}): Record<string, unknown> => {
  const caller = { isAdmin, roles, projectId: 'p' };
  return volumeDetail(volume, { caller, may, version: microversion(version), endpoint: 'http://h', project: '/p' });
};

it.each([
  ['volume_extension:volume_host_attribute', ['os-vol-host-attr:host']],
  ['volume_extension:volume_tenant_attribute', ['os-vol-tenant-attr:tenant_id']],
  ['volume_extension:volume_mig_status_attribute', ['os-vol-mig-status-attr:migstat', 'os-vol-mig-status-attr:name_id']],
])('who satisfies %s alone sees of these keys %p', (rule, keys) => {
  const may: May = (asked) => asked === rule;

  expect(Object.keys(seenBy('3.71', { may })).filter((key) => key.startsWith('os-vol'))).toEqual(keys);
});

it.each([
  ['3.12', ['group_id', 'shared_targets', 'volume_type_id', 'encryption_key_id', 'consumes_quota', 'migration_status', 'provider_id']],
  ['3.47', ['shared_targets', 'volume_type_id', 'consumes_quota', 'cluster_name', 'os-vol-host-attr:host']],
  ['3.71', ['provider_id', 'cluster_name', 'migration_status', 'os-vol-host-attr:host', 'os-vol-mig-status-attr:migstat']],
])('a member at %s does not see %p', (version, keys) => {
  expect(keys.filter((key) => key in seenBy(version))).toEqual([]);
});

it.each([
  ['3.13', false, ['group_id']],
  ['3.71', false, ['shared_targets', 'service_uuid', 'volume_type_id', 'encryption_key_id', 'consumes_quota']],
  ['3.0', true, ['migration_status', 'os-vol-host-attr:host', 'os-vol-mig-status-attr:migstat', 'os-vol-mig-status-attr:name_id']],
  ['3.61', true, ['provider_id', 'cluster_name']],
])('at %s (administrator: %p) %p are there', (version, isAdmin, keys) => {
  expect(keys.filter((key) => !(key in seenBy(version, { isAdmin })))).toEqual([]);
});

it('where it is attached is for administrators and services', () => {
  expect(seenBy('3.44').attachments).toEqual([expect.objectContaining({ id: 'v', host_name: null, device: 'na' })]);
  expect(seenBy('3.44', { roles: ['service'] }).attachments).toEqual([expect.objectContaining({ host_name: 'compute' })]);
});

it('the visible admin metadata hides keys of the user', () => {
  expect(seenBy('3.0').metadata).toEqual({ readonly: 'False', a: '1' });
});

it('a type without a name is its id, until 3.63 gives that a key of its own', () => {
  expect([seenBy('3.62').volume_type, seenBy('3.63').volume_type]).toEqual(['t', null]);
});
