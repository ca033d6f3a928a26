import { urlIn } from './catalog.js';
import { Keystone } from './keystone.js';
import type { KeystoneConfig } from './keystone.config.js';
import { Nova, type ServerEvent } from './nova.js';
import { NovaConfig } from './nova.config.js';
import { ServiceSession } from './service-session.js';

/** By what compute is found; without Keystone it is not. */
export interface Compute {
  nova?: NovaConfig;
  keystone?: KeystoneConfig;
}

/** Compute, as this service speaks to it by itself: at NOVA_URL, else where the catalog of its own token has it. */
export class ServiceCompute {
  private constructor(
    private readonly nova: Nova,
    private readonly keystone: Keystone,
    private readonly config: { nova: NovaConfig; keystone: KeystoneConfig },
    private readonly session = new ServiceSession(keystone, config.keystone),
  ) {}

  /** Null: nobody has said how it is found. @throws StartError when OS_CACERT is no certificate */
  static from({ nova = new NovaConfig(), keystone }: Compute): ServiceCompute | null {
    if (!keystone || nova.NOVA_GUARD === 'off') return null;
    return new ServiceCompute(new Nova(keystone, nova.NOVA_TIMEOUT_MS), new Keystone(keystone), { nova, keystone });
  }

  /** @throws KeystoneUnavailable, NovaError, any other error where there was no answer; where the catalog has no compute */
  async tell(events: readonly ServerEvent[], requestId: string): Promise<void> {
    const own = await this.session.token();
    const { NOVA_URL, NOVA_INTERFACE } = this.config.nova;
    const url = NOVA_URL ?? urlIn(own.compute, NOVA_INTERFACE, this.config.keystone.OS_REGION_NAME);
    if (!url) throw new Error("no compute in the catalog of this service's own token, by NOVA_INTERFACE and OS_REGION_NAME");
    await this.nova.tell({ url, token: own.id, requestId }, events);
  }

  async close(): Promise<void> {
    await Promise.all([this.nova.close(), this.keystone.close()]);
  }
}
