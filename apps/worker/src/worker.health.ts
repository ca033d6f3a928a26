import { BackendsService, OperationsService } from '@app/attachments';
import type { BrokerState } from '@app/messaging';
import { type Check, disabledByFile, Health, type HealthConfig, type Lifecycle, loggedChanges } from '@app/platform';
import type { INestApplicationContext } from '@nestjs/common';

/** What a worker stands on. Without the broker it finds its work by its own sweeps, once a second. */
const checks = (backends: BackendsService, owner: string, broker: BrokerState): Check[] => [
  { name: 'database', required: true, look: () => backends.ping().then(() => null) },
  {
    name: 'heartbeat',
    required: true,
    look: async () => ((await backends.isServing(owner)) ? null : 'the rows show none of this worker: nobody counts on it'),
  },
  { name: 'broker', required: false, look: () => (broker.connected ? null : 'not connected: work is found by sweeps alone') },
];

interface Parts {
  lifecycle: Lifecycle;
  broker: BrokerState;
  config: HealthConfig;
}

export function workerHealth(app: INestApplicationContext, { lifecycle, broker, config }: Parts): Health {
  const of = checks(app.get(BackendsService), app.get(OperationsService).owner, broker);
  return new Health(lifecycle, [...of, ...disabledByFile(config)], { changed: loggedChanges() });
}
