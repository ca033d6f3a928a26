import 'reflect-metadata';
import { AttachmentsModule, DatabaseConfig, openStore, SecretsConfig, TimesConfig } from '@app/attachments';
import { AmqpConfig, amqpTransport, MessagingModule } from '@app/messaging';
import { identityConfig, type KeystoneConfig, NovaConfig } from '@app/openstack';
import {
  failStart,
  Health,
  HealthConfig,
  HealthListener,
  Lifecycle,
  loadConfig,
  LogConfig,
  onShutdown,
  ProcessLogger,
} from '@app/platform';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { gatewayAdapter, GatewayConfig, GatewayModule, listen, PolicyConfig } from './gateway.module.js';

const CONFIG = {
  http: GatewayConfig,
  database: DatabaseConfig,
  secrets: SecretsConfig,
  times: TimesConfig,
  amqp: AmqpConfig,
  health: HealthConfig,
  policy: PolicyConfig,
  nova: NovaConfig,
  log: LogConfig,
};

const loaded = (environment: NodeJS.ProcessEnv): Loaded => loadConfig({ ...CONFIG, ...identityConfig(environment) }, environment);
type Loaded = { [Part in keyof typeof CONFIG]: InstanceType<(typeof CONFIG)[Part]> } & { keystone?: KeystoneConfig };

async function main(): Promise<void> {
  const { http, keystone, ...config } = loaded(process.env);
  const logger = new ProcessLogger(config.log);
  const lifecycle = new Lifecycle();
  const store = await openStore(config, { waitMs: http.DATABASE_WAIT_MS });

  @Module({
    imports: [
      AttachmentsModule.forRoot(store),
      MessagingModule.forRoot(amqpTransport(config.amqp)),
      GatewayModule.forRoot(http, { ...config, lifecycle, keystone }),
    ],
  })
  class GatewayProcess {}
  const app = await NestFactory.create<NestFastifyApplication>(GatewayProcess, gatewayAdapter(http, keystone), { logger });
  // The rows are enough to answer from; a broker that is away costs a caller some seconds, and is waited for in the background.
  const url = await listen(app, http);
  const probes = await HealthListener.open(config.health, app.get(Health));
  process.stdout.write(`ready ${url}\n`);

  onShutdown(async () => {
    // First the word to load balancers, then the waiters, within DRAIN_MS, then what they stood on.
    lifecycle.drain();
    await app.close();
    await probes?.close();
    await store.database.close();
  }, logger);
}

main().catch(failStart);
