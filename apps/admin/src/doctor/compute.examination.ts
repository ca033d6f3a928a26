import { type DetachCallers } from '@app/attachments';
import { Nova, type NovaConfig, saysAttachment, urlIn } from '@app/openstack';
import type { OwnToken } from './identity.examination.js';
import { failed, type Finding, ok, warning } from './finding.js';

interface Identity {
  OS_CACERT?: string;
  OS_REGION_NAME?: string;
}

/** @throws where compute cannot be asked */
export async function examineCompute(config: NovaConfig, identity: Identity | undefined, own: OwnToken | null): Promise<Finding[]> {
  const { NOVA_GUARD = identity ? 'catalog' : 'off', NOVA_URL, NOVA_INTERFACE, NOVA_TIMEOUT_MS } = config;
  if (NOVA_GUARD === 'off') return [warning('compute', 'NOVA_GUARD is off: users may detach what instances use (CVE-2023-2088)')];
  if (NOVA_GUARD === 'catalog' && !own) return []; // what is wrong with Keystone stands above
  const url = NOVA_GUARD === 'url' ? NOVA_URL : urlIn(own?.compute ?? [], NOVA_INTERFACE, identity?.OS_REGION_NAME);
  if (!url)
    return [failed('compute', `no ${NOVA_INTERFACE} endpoint in the service's own catalog: no user can detach what an instance uses`)];
  const nova = new Nova({ OS_CACERT: identity?.OS_CACERT }, NOVA_TIMEOUT_MS);
  try {
    const newest = await nova.newestVersion(url);
    const found = `${url} speaks up to ${newest}`;
    return [saysAttachment(newest) ? ok('compute', found) : failed('compute', `${found}, and 2.89 is needed`)];
  } finally {
    await nova.close();
  }
}

export function examineDetaches({ services, users }: DetachCallers): Finding[] {
  const found = `${services} by services, ${users} by users within a day`;
  if (users === 0) return [ok('detaches', found)];
  return [warning('detaches', `${found}: if compute was among these, it sends no service token ([service_user] of nova.conf)`)];
}
