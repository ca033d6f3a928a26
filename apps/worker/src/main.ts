import 'reflect-metadata';
import { AttachmentsModule, DatabaseConfig, openStore, SecretsConfig, TimesConfig } from '@app/attachments';
import { StartError } from '@app/domain';
import { BackendsConfig, DriverRegistry, parseBackends } from '@app/drivers';
import { AmqpConfig, amqpTransport } from '@app/messaging';
import { identityConfig, NovaConfig } from '@app/openstack';
import { failStart, HealthConfig, HealthListener, Lifecycle, loadConfig, LogConfig, onShutdown, ProcessLogger } from '@app/platform';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Sweeper } from './sweeper.js';
import { workerHealth } from './worker.health.js';
import { WorkerModule } from './worker.module.js';

const CONFIG = {
  database: DatabaseConfig,
  secrets: SecretsConfig,
  times: TimesConfig,
  amqp: AmqpConfig,
  backends: BackendsConfig,
  health: HealthConfig,
  nova: NovaConfig,
  log: LogConfig,
};

async function main(): Promise<void> {
  const config = loadConfig({ ...CONFIG, ...identityConfig(process.env) }, process.env);
  const logger = new ProcessLogger(config.log);
  const store = await openStore(config, { plansOnce: true });
  const drivers = await opened(config.backends);
  const transport = amqpTransport(config.amqp);

  @Module({ imports: [AttachmentsModule.forRoot(store), WorkerModule.forRoot(drivers, config)] })
  class WorkerProcess {}
  const names = drivers.backends.map(({ name }) => name);
  const app = await NestFactory.createMicroservice(WorkerProcess, { strategy: transport.server(names), logger });
  const lifecycle = new Lifecycle();
  let probes: HealthListener | null = null;
  onShutdown(async () => {
    lifecycle.drain();
    app.get(Sweeper).stop();
    await transport.close();
    await app.close();
    await drivers.close();
    await probes?.close();
    await store.database.close();
  }, logger);

  // The rows are enough to work from; a broker that is away delays work by a sweep, and is waited for in the background.
  await app.listen();
  probes = await HealthListener.open(config.health, workerHealth(app, { lifecycle, broker: transport, config: config.health }));
  process.stdout.write(`ready worker ${names.join(', ')}\n`);
}

async function opened({ BACKENDS }: BackendsConfig): Promise<DriverRegistry> {
  try {
    return await DriverRegistry.open(parseBackends(BACKENDS));
  } catch (cause) {
    throw new StartError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

main().catch(failStart);
