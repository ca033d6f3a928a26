import { messageOf } from '@app/domain';
import { type DetachCallers } from '@app/attachments';
import { guardMode, type KeystoneConfig, Nova, type NovaConfig, type NovaGuardMode, novaUrl, saysAttachment } from '@app/openstack';
import type { OwnToken } from './identity.examination.js';
import { failed, type Finding, ok, warning } from './finding.js';

/** @throws where compute cannot be asked, or is not in the catalog */
export async function examineCompute(config: NovaConfig, identity: KeystoneConfig | undefined, own: OwnToken | null): Promise<Finding[]> {
  const mode = guardMode(config, identity);
  if (mode === 'off') return [warning('compute', 'NOVA_GUARD is off: users may detach what instances use (CVE-2023-2088)')];
  if (mode === 'catalog' && !identity)
    return [failed('compute', 'NOVA_GUARD is catalog, and without Keystone there is none: a gateway does not start')];
  if (mode === 'catalog' && !own)
    return [warning('compute', 'not asked: it is looked for in the catalog of a token, and Keystone gave none')];
  const url = novaUrl(config, identity, own?.compute ?? []);
  const nova = new Nova({ OS_CACERT: identity?.OS_CACERT }, config.NOVA_TIMEOUT_MS);
  try {
    const newest = await newestVersion(nova, url, mode);
    const found = `${url} speaks up to ${newest}`;
    return [saysAttachment(newest) ? ok('compute', found) : failed('compute', `${found}, and 2.89 is needed`)];
  } finally {
    await nova.close();
  }
}

async function newestVersion(nova: Nova, url: string, mode: NovaGuardMode): Promise<string> {
  try {
    return await nova.newestVersion(url);
  } catch (cause) {
    const where = mode === 'url' ? 'NOVA_URL' : "The catalog's endpoint, by NOVA_INTERFACE and OS_REGION_NAME";
    const mend =
      'see that compute listens there, under that path, and over TLS that its certificate is known (with Keystone, to OS_CACERT)';
    throw new Error(`${where}: compute at ${url} cannot be asked (${messageOf(cause)}): ${mend}.`, { cause });
  }
}

export function examineDetaches({ services, users }: DetachCallers): Finding[] {
  const found = `${services} by services, ${users} by users within a day`;
  if (users === 0) return [ok('detaches', found)];
  return [warning('detaches', `${found}: if compute was among these, it sends no service token ([service_user] of nova.conf)`)];
}
