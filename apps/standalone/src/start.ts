import {
  type Database,
  EmbeddedSocket,
  KeyRing,
  migrate,
  openEmbeddedIn,
  OperationsService,
  proveKeys,
  requireReady,
  socketAddress,
  type Store,
  holdsDatabase,
} from '@app/attachments';
import { StartError } from '@app/domain';
import { type Backend, DriverRegistry } from '@app/drivers';
import { memoryTransport } from '@app/messaging';
import { DataFolder, Health, HealthListener, Lifecycle } from '@app/platform';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { gatewayAdapter, listen } from '../../gateway/src/gateway.module.js';
import { Opened } from './opened.js';
import { ownKeyFile } from './own-key.js';
import { backendsOf, type standaloneConfig } from './standalone.config.js';
import { type Parts, StandaloneModule } from './standalone.module.js';

type Config = ReturnType<typeof standaloneConfig>;

/** Starts everything and returns the URL of the API; whatever is opened on the way is added to `opened`. @throws StartError */
export async function start(config: Config, logger: LoggerService, opened: Opened): Promise<string> {
  const adapter = gatewayAdapter(config.gateway, config.keystone);
  const folder = await DataFolder.open(config.embedded.DATA_DIR);
  opened.add(() => folder.release());
  const address = socketAddress(folder.path('admin.sock')); // a folder too deep for it is refused before anything is made there
  const isInUse = holdsDatabase(folder.path('database'));
  const keys = KeyRing.fromFile(config.secrets?.SECRETS_KEY_FILE ?? ownKeyFile(folder.path('secrets.key'), isInUse));
  const database = await openedDatabase(folder, opened);
  const store = { database, keys, times: config.times };
  await prepare(store);

  const socket = await EmbeddedSocket.serve(address, database);
  opened.add(() => socket.close());
  const drivers = await openedDrivers(backendsOf(config, folder.path('volumes')));
  opened.add(() => drivers.close());

  const transport = memoryTransport({ drainMs: config.gateway.DRAIN_MS });
  const lifecycle = new Lifecycle();
  const { gateway, health, policy, nova, keystone } = config;
  const parts = { gateway, store, drivers, transport, lifecycle, health, policy, nova, keystone };
  const app = await NestFactory.create<NestFastifyApplication>(StandaloneModule.forRoot(parts), adapter, { logger, abortOnError: false });
  let probes: HealthListener | null = null;
  opened.add(() => probes?.close());
  opened.add(() => app.close());
  const url = await serve(app, parts);
  probes = await HealthListener.open(config.health, app.get(Health));
  opened.add(() => lifecycle.drain());
  return url;
}

async function openedDatabase(folder: DataFolder, opened: Opened): Promise<Database> {
  const making = () => process.stderr.write('creating the embedded database (once) ...\n');
  const database = await openEmbeddedIn(folder.path('database'), () => void making());
  opened.add(() => database.close());
  return database;
}

async function prepare(store: Store): Promise<void> {
  await migrate(store.database);
  await requireReady(store.database);
  await proveKeys(store.database, store.keys);
  // Nobody else can hold the folder, so whoever held a lease is dead.
  await new OperationsService(store.database, store.keys, store.times).freeLeases();
}

async function openedDrivers(backends: Backend[]): Promise<DriverRegistry> {
  try {
    return await DriverRegistry.open(backends);
  } catch (cause) {
    throw new StartError(`${(cause as Error).message} (NBD_PORT or BACKENDS)`, { cause });
  }
}

/** Workers first: a request that is taken finds somebody to carry it out. */
async function serve(app: NestFastifyApplication, { gateway, drivers, transport }: Parts): Promise<string> {
  app.connectMicroservice({ strategy: transport.server(drivers.backends.map(({ name }) => name)) });
  await app.startAllMicroservices();
  return listen(app, gateway);
}
