import type { AddressInfo } from 'node:net';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { StartError } from '@app/domain';
import { type KeystoneConfig, NovaConfig } from '@app/openstack';
import { HealthConfig, Lifecycle } from '@app/platform';
import { ATTACHMENT_LIST_RULES } from './attachments/attachment-list.rules.js';
import { AttachmentsController } from './attachments/attachments.controller.js';
import { GatewayConfig } from './gateway.config.js';
import { gatewayHealth } from './health/gateway.health.js';
import { HealthRoutes } from './health/health.routes.js';
import { NovaGuard } from './nova/nova.guard.js';
import { OpenApiPages } from './openapi/openapi.pages.js';
import { ApiGuard } from './openstack/api.guard.js';
import { FaultFilter } from './openstack/fault.filter.js';
import { GatewayAdapter } from './openstack/gateway.adapter.js';
import { KeystoneAuth } from './openstack/keystone-auth.js';
import { NoAuth } from './openstack/noauth.js';
import { ResourceFilters } from './openstack/resource-filters.js';
import { ResourceFiltersController } from './openstack/resource-filters.controller.js';
import { VersionsController } from './openstack/versions.controller.js';
import { Policy } from './policy/policy.js';
import { PolicyConfig } from './policy/policy.config.js';
import { PolicyGuard } from './policy/policy.guard.js';
import { OperationWaiter } from './operations/operation.waiter.js';
import { ConnectionActions } from './volumes/connection.actions.js';
import { VolumeActionsController } from './volumes/volume-actions.controller.js';
import { LimitsController } from './volumes/limits.controller.js';
import { QosSpecsController } from './volumes/qos-specs.controller.js';
import { TypeEncryptionController } from './volumes/type-encryption.controller.js';
import { VolumeEncryptionController } from './volumes/volume-encryption.controller.js';
import { VOLUME_LIST_RULES } from './volumes/volume-list.rules.js';
import { VolumeMetadataController } from './volumes/volume-metadata.controller.js';
import { VolumeSummaryController } from './volumes/volume-summary.controller.js';
import { VolumeTypesController } from './volumes/volume-types.controller.js';
import { VolumesController } from './volumes/volumes.controller.js';

export { GatewayConfig } from './gateway.config.js';
export { PolicyConfig } from './policy/policy.config.js';

/** The HTTP edge that `GatewayModule` needs under it, for `NestFactory.create`. @throws StartError when OS_CACERT is no certificate */
export const gatewayAdapter = (config: GatewayConfig, keystone?: KeystoneConfig): GatewayAdapter =>
  new GatewayAdapter(config, keystone ? new KeystoneAuth(keystone) : new NoAuth(config.PUBLIC_ENDPOINT));

/** Where the API can be reached once the application is made. @throws StartError when it can not listen there. */
export async function listen(app: NestFastifyApplication, { HOST, PORT }: GatewayConfig): Promise<string> {
  await app.init();
  try {
    // Not through Nest, which would log the refusal once more, with its stack.
    await app.getHttpAdapter().getInstance().listen({ port: PORT, host: HOST });
  } catch (cause) {
    throw new StartError(`The API cannot listen on HOST ${HOST}, PORT ${PORT} (${reasonOf(cause)}).`, { cause });
  }
  (app.getHttpAdapter() as unknown as GatewayAdapter).proveIdentity(); // the one that `gatewayAdapter` has made
  const { port } = app.getHttpServer().address() as AddressInfo;
  return `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${port}`;
}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'not permitted',
  EADDRNOTAVAIL: 'no such address on this machine',
};
const reasonOf = (cause: unknown): string => {
  const { code = '', message = '' } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? (message || String(cause));
};

/** Whatever has a route is described in `/openapi.json`. */
export const CONTROLLERS = [
  VersionsController,
  AttachmentsController,
  VolumesController,
  VolumeActionsController,
  VolumeSummaryController,
  VolumeMetadataController,
  VolumeEncryptionController,
  VolumeTypesController,
  TypeEncryptionController,
  QosSpecsController,
  LimitsController,
  ResourceFiltersController,
];

/** What a process may say besides. */
interface Beside {
  /** The process's: whoever drains it says so there first. */
  lifecycle?: Lifecycle;
  health?: HealthConfig;
  policy?: PolicyConfig;
  nova?: NovaConfig;
  /** Where callers are known by it. */
  keystone?: KeystoneConfig;
}

/** The REST API. Services and command client are whose process it is in: `AttachmentsModule` and `MessagingModule` stand beside it. */
@Module({})
export class GatewayModule {
  constructor({ httpAdapter }: HttpAdapterHost<GatewayAdapter>, waiter: OperationWaiter) {
    httpAdapter.edge.admission.waiting = (projectId) => waiter.waiting(projectId);
  }

  /** @throws StartError */
  static forRoot(
    config: GatewayConfig,
    {
      lifecycle = new Lifecycle(),
      health = new HealthConfig(),
      policy = new PolicyConfig(),
      nova = new NovaConfig(),
      keystone,
    }: Beside = {},
  ): DynamicModule {
    const filters = ResourceFilters.from(config.RESOURCE_FILTERS_FILE, [VOLUME_LIST_RULES, ATTACHMENT_LIST_RULES]);
    return {
      module: GatewayModule,
      controllers: CONTROLLERS,
      providers: [
        { provide: GatewayConfig, useValue: config },
        { provide: ResourceFilters, useValue: filters },
        { provide: Lifecycle, useValue: lifecycle },
        { provide: APP_GUARD, useClass: ApiGuard },
        { provide: Policy, useValue: Policy.from(policy) },
        { provide: APP_GUARD, useClass: PolicyGuard },
        { provide: APP_FILTER, useFactory: () => new FaultFilter(config.MAX_REQUEST_BODY_SIZE) },
        { provide: NovaGuard, useValue: new NovaGuard(nova, keystone) },
        OperationWaiter,
        ConnectionActions,
        gatewayHealth(health),
        HealthRoutes,
        {
          provide: OpenApiPages,
          inject: [HttpAdapterHost],
          useFactory: (host: HttpAdapterHost<GatewayAdapter>) => new OpenApiPages(host, CONTROLLERS),
        },
      ],
    };
  }
}
