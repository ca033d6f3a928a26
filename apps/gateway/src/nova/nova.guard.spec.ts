import { KeystoneConfig, NovaConfig } from '@app/openstack';
import { loadConfig } from '@app/platform';
import { Logger } from '@nestjs/common';
import { NovaGuard, type NovaRequester } from './nova.guard.js';

const nova = (config: Partial<NovaConfig>) => Object.assign(new NovaConfig(), config);
const keystone = (config: Partial<KeystoneConfig> = {}) => Object.assign(new KeystoneConfig(), config);
const user: NovaRequester = { token: 't', isService: false, compute: [], requestId: 'req-1' };
const use = { instanceUuid: 'i', volumeId: 'v', attachmentId: 'a' };

it.each<[string, Partial<NovaConfig>, KeystoneConfig | undefined, boolean]>([
  ['asks compute where Keystone has a catalog', {}, keystone(), true],
  ['asks nobody with noauth', {}, undefined, false],
  ['asks at a URL with noauth too', { NOVA_GUARD: 'url', NOVA_URL: 'http://nova' }, undefined, true],
  ['asks nobody when it is off', { NOVA_GUARD: 'off' }, keystone(), false],
])('%s', (_, config, identity, asks) => {
  const guard = new NovaGuard(nova(config), identity);

  expect(guard.guardFor(user) !== null).toBe(asks);
  expect(guard.guardFor({ ...user, isService: true })).toBeNull();
});

it('says at the start that it is off where somebody has said so', () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();

  for (const NOVA_GUARD of [undefined, 'off']) new NovaGuard(nova({ NOVA_GUARD }), undefined).onModuleInit();

  expect(warn.mock.calls).toEqual([['NOVA_GUARD is off: users may detach volumes that instances still use (CVE-2023-2088)']]);
  warn.mockRestore();
});

it.each<[string, Record<string, string>, RegExp | null]>([
  ['https', { NOVA_GUARD: 'url', NOVA_URL: 'https://nova:8774/v2.1' }, null],
  ['http on this machine', { NOVA_GUARD: 'url', NOVA_URL: 'http://127.0.0.1:8774/v2.1' }, null],
  ['http elsewhere', { NOVA_GUARD: 'url', NOVA_URL: 'http://nova:8774/v2.1' }, /^NOVA_URL leaves this machine without TLS/],
  ['http elsewhere on purpose', { NOVA_GUARD: 'url', NOVA_URL: 'http://nova:8774/v2.1', NOVA_ALLOW_PLAIN: 'yes' }, null],
  ['no URL', { NOVA_GUARD: 'url' }, /^NOVA_URL /],
])('is configured by %s', (_, environment, fault) => {
  const loading = () => loadConfig({ nova: NovaConfig }, environment);

  if (fault) expect(loading).toThrow(fault);
  else expect(loading).not.toThrow();
});

it('does not start with a catalog that nobody has', () => {
  expect(() => new NovaGuard(nova({ NOVA_GUARD: 'catalog' }), undefined)).toThrow(/^NOVA_GUARD is catalog, but must be url or off/);
});

it.each<[string, Partial<KeystoneConfig>, NovaRequester['compute']]>([
  ['none', {}, []],
  ['none of its interface', {}, [{ interface: 'internal', region: 'r', url: 'http://nova' }]],
  ['none in its region', { OS_REGION_NAME: 'r' }, [{ interface: 'public', region: 'elsewhere', url: 'http://nova' }]],
])('allows nothing when the catalog has %s', async (_, config, compute) => {
  const ask = new NovaGuard(nova({}), keystone(config)).guardFor({ ...user, compute });

  await expect(ask?.(use)).rejects.toThrow(/^no compute in the token's catalog/);
});
