import { BackendsService } from '@app/attachments';
import { BrokerState } from '@app/messaging';
import { type Check, disabledByFile, Health, HealthConfig, Lifecycle, loggedChanges } from '@app/platform';
import type { Provider } from '@nestjs/common';

/**
 * What a gateway stands on. Without the database it can answer nothing. Without the broker, or a backend's worker, every gateway is in the same
 * plight, and all of them still serve what needs neither: so no load balancer should turn away from any (decision 0018).
 */
const checks = (backends: BackendsService, broker: BrokerState): Check[] => [
  { name: 'database', required: true, look: () => backends.ping().then(() => null) },
  { name: 'broker', required: false, look: () => (broker.connected ? null : 'not connected: work waits for the sweepers of the workers') },
  { name: 'backends', required: false, look: () => withoutWorker(backends) },
];

/** How many, not which: a backend's name has a host in it, and whoever asks here has shown no token. */
async function withoutWorker(services: BackendsService): Promise<string | null> {
  const { backends, unserved } = await services.placedOn();
  return unserved.length === 0 ? null : `${unserved.length} of ${backends} that have volumes are served by no worker`;
}

export const gatewayHealth = (config: HealthConfig): Provider => ({
  provide: Health,
  inject: [BackendsService, BrokerState, Lifecycle],
  useFactory: (backends: BackendsService, broker: BrokerState, lifecycle: Lifecycle) =>
    new Health(lifecycle, [...checks(backends, broker), ...disabledByFile(config)], { changed: loggedChanges() }),
});
