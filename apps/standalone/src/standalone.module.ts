import { AttachmentsModule, type Store } from '@app/attachments';
import type { DriverRegistry } from '@app/drivers';
import { MessagingModule, type Transport } from '@app/messaging';
import type { KeystoneConfig, NovaConfig } from '@app/openstack';
import type { HealthConfig, Lifecycle } from '@app/platform';
import { type DynamicModule, Module } from '@nestjs/common';
import { type GatewayConfig, GatewayModule, type PolicyConfig } from '../../gateway/src/gateway.module.js';
import { WorkerModule } from '../../worker/src/worker.module.js';

export interface Parts {
  gateway: GatewayConfig;
  store: Store;
  drivers: DriverRegistry;
  transport: Transport;
  lifecycle: Lifecycle;
  health: HealthConfig;
  policy: PolicyConfig;
  nova: NovaConfig;
  keystone?: KeystoneConfig;
}

/** Gateway and worker in one process: the same modules as apart, over one store and one transport. */
@Module({})
export class StandaloneModule {
  static forRoot({ gateway, store, drivers, transport, ...beside }: Parts): DynamicModule {
    const edges = [GatewayModule.forRoot(gateway, beside), WorkerModule.forRoot(drivers, beside)];
    return { module: StandaloneModule, imports: [AttachmentsModule.forRoot(store), MessagingModule.forRoot(transport), ...edges] };
  }
}
