import { Keystone } from './keystone.js';
import type { KeystoneConfig } from './keystone.config.js';
import { Nova, NovaError, type ServerEvent } from './nova.js';
import { NovaConfig, novaUrl } from './nova.config.js';
import { ServiceSession } from './service-session.js';

/** By what compute is found; without Keystone it is not. */
export interface Compute {
  nova?: NovaConfig;
  keystone?: KeystoneConfig;
}

/** Compute, as this service speaks to it by itself, with its own token. */
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
  async tell(events: readonly ServerEvent[], requestId: string): Promise<'all' | 'some'> {
    const own = await this.session.token();
    const url = novaUrl(this.config.nova, this.config.keystone, own.compute);
    try {
      return await this.nova.tell({ url, token: own.id, requestId }, events);
    } catch (error) {
      if (error instanceof NovaError && error.status === 401) this.session.forget(own); // the next try has another one
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.nova.close(), this.keystone.close()]);
  }
}
