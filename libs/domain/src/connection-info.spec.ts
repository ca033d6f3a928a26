import { connectionAnswerOf, connectionInfoOf, withoutSecrets } from './connection-info.js';

const claim = (
  more: {
    readOnly?: boolean;
    connector?: Record<string, unknown>;
    cacheable?: boolean | null;
    encrypted?: boolean;
    qosSpecs?: Record<string, string>;
  } = {},
) => ({
  attachmentId: 'a1',
  connection: {
    attachmentId: 'a1',
    connector: more.connector ?? { host: 'h' },
    readOnly: more.readOnly ?? false,
    credential: { id: 'c', secret: 's' },
  },
  additions: { qosSpecs: more.qosSpecs ?? null, encrypted: more.encrypted ?? false, cacheable: more.cacheable ?? null },
});

it('data, the keys beside it and what the worker adds become one flat object', () => {
  const answer = { driver_volume_type: 'nfs', data: { export: 'h:/p', name: 'volume-1' }, mount_point_base: '/mnt' };
  expect(connectionInfoOf(answer, claim())).toEqual({
    export: 'h:/p',
    name: 'volume-1',
    qos_specs: null,
    access_mode: 'rw',
    encrypted: false,
    driver_volume_type: 'nfs',
    mount_point_base: '/mnt',
    attachment_id: 'a1',
    enforce_multipath: false,
  });
});

it.each([
  ['ro follows the mode in force, whatever the driver says', { access_mode: 'rw' }, { readOnly: true }, { access_mode: 'ro' }],
  ['encrypted is the driver’s where it says so', { encrypted: true }, {}, { encrypted: true }],
  ['encrypted is the volume’s otherwise', {}, { encrypted: true }, { encrypted: true }],
  ['qos_specs are the type’s, whatever the driver says', { qos_specs: {} }, { qosSpecs: { a: '1' } }, { qos_specs: { a: '1' } }],
  ['enforce_multipath is the connector’s', {}, { connector: { enforce_multipath: true } }, { enforce_multipath: true }],
  ['case 134: cacheable by the type', {}, { cacheable: true }, { cacheable: true }],
  ['cacheable not by the type', {}, { cacheable: false }, { cacheable: false }],
  ['a driver’s false wins', { cacheable: false }, { cacheable: true }, { cacheable: false }],
  ['a driver’s true needs the type’s', { cacheable: true }, { cacheable: false }, { cacheable: false }],
  ['without a type it is the driver’s alone', { cacheable: true }, { cacheable: null }, { cacheable: true }],
])('%s', (_, data, more, expected) => {
  expect(connectionInfoOf({ driver_volume_type: 'x', data }, claim(more))).toMatchObject(expected);
});

it('without a type and without the driver’s word there is no cacheable', () => {
  expect(connectionInfoOf({ driver_volume_type: 'x', data: {} }, claim())).not.toHaveProperty('cacheable');
});

it.each([
  [true, undefined, true],
  [false, undefined, undefined],
  [true, false, false],
  [false, true, true],
  [undefined, true, true],
  [undefined, false, false],
  [undefined, undefined, undefined],
])('case 226: where the backend reports discard as %s and the driver as %s, hosts hear %s', (reportDiscardSupported, driver, expected) => {
  const answer = { driver_volume_type: 'x', data: driver === undefined ? {} : { discard: driver } };

  expect(connectionInfoOf(answer, claim(), { reportDiscardSupported }).discard).toBe(expected);
  expect((connectionAnswerOf(answer, claim(), { reportDiscardSupported }).data as { discard?: unknown }).discard).toBe(expected);
});

it.each([
  ['512', '512', '512'],
  ['512e', '4096', '512'],
  ['4k', '4096', '4096'],
] as const)('a disk geometry of %s is told as blocks of %s and %s, unless the driver says something', (diskGeometry, physical, logical) => {
  const told = (data: Record<string, unknown>) => connectionInfoOf({ driver_volume_type: 'x', data }, claim(), { diskGeometry });

  expect(told({})).toMatchObject({ physical_block_size: physical, logical_block_size: logical });
  expect(told({ logical_block_size: '8192' })).not.toHaveProperty('physical_block_size');
});

it.each([
  [null, null],
  [{}, {}],
  [
    {
      driver_volume_type: 'iscsi',
      target_iqn: 'iqn',
      auth_method: 'CHAP',
      auth_username: 'u',
      auth_password: 'p',
      discovery_auth_password: 'q',
    },
    { driver_volume_type: 'iscsi', target_iqn: 'iqn', auth_method: 'CHAP', auth_username: 'u' },
  ],
  [
    {
      driver_volume_type: 'rbd',
      name: 'pool/volume',
      hosts: ['a'],
      keyring: 'k',
      secret_uuid: 'x',
      secret_type: 'ceph',
      encryption_key_id: 'i',
    },
    { driver_volume_type: 'rbd', name: 'pool/volume', hosts: ['a'], encryption_key_id: 'i' },
  ],
  [
    {
      driver_volume_type: 'nvmeof',
      data: { portals: [{ host: 'h', dhchap_key: 'k' }], tls_psk: 'k', session_token: 't', qos_specs: null },
    },
    { driver_volume_type: 'nvmeof', data: { portals: [{ host: 'h' }], qos_specs: null } },
  ],
])('of %j its secrets are left out', (info, expected) => {
  const before = structuredClone(info);

  expect(withoutSecrets(info)).toEqual(expected);
  expect(info).toEqual(before);
});
