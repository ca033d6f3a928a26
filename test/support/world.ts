import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { AttachmentsModule, type Database, KeyRing, migrate, openPostgres, proveKeys, TimesConfig } from '@app/attachments';
import { DriverRegistry, type FakeDriver, type Faults, parseBackends, readLedger } from '@app/drivers';
import { AmqpConfig, amqpTransport, MessagingModule } from '@app/messaging';
import type { KeystoneConfig, NovaConfig } from '@app/openstack';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { gatewayAdapter, GatewayConfig, GatewayModule, type PolicyConfig } from '../../apps/gateway/src/gateway.module';
import { WorkerModule } from '../../apps/worker/src/worker.module';
import { createDatabase } from './postgres';
import { sharedBrokerUrl } from './rabbitmq';
import { type Answer, StartedGateway, StartedWorker } from './started-apps';
import { currentRun } from './test-run';
import { until } from './until';

export const PROJECT_1 = '89afd400b646452b8db1b8d3a5c0f6a1';
export const PROJECT_2 = '0f2a6e1c5d9b4d7e8a3b1c2d3e4f5a6b';

/** A row of whatever was asked for: the test knows what it selects. */
type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- as above

export interface WorldOptions {
  /** How many workers serve the world's backend. */
  workers?: number;
  gateways?: number;
  times?: Partial<TimesConfig>;
  gateway?: Partial<GatewayConfig>;
  policy?: PolicyConfig;
  /** How callers are known, where it is by Keystone. */
  keystone?: KeystoneConfig;
  nova?: NovaConfig;
  faults?: Faults;
  /** A database server or broker of the test's own, for one that it kills. */
  databaseUrl?: string;
  amqpUrl?: string;
  /** A world that has ended: its backend, as the ledger has it, and its keys are this one's. */
  continues?: World;
}

export interface NewVolume {
  multiattach?: boolean;
  token?: string;
  metadata?: Record<string, string>;
}

const QUICK: Partial<TimesConfig> = { LEASE_MS: 1500, BACKOFF_MS: 100, BACKOFF_LIMIT_MS: 2000, SWEEP_INTERVAL_MS: 200 };

/** The real gateway and workers on a real database and broker, with the `fake` driver; one backend that no other world knows. */
export class World {
  readonly backend: string;
  readonly ledgerPath: string;
  /** Faults of the drivers in processes of their own; `writeFaults` steers them. */
  readonly faultsFile: string;
  readonly keyFile: string;
  readonly keys: KeyRing;
  /** Members of two projects, and an administrator in the first. */
  readonly member = `m1:${PROJECT_1}:member`;
  readonly stranger = `m2:${PROJECT_2}:member`;
  readonly admin = `admin:${PROJECT_1}`;
  readonly times: TimesConfig;
  database: Database;
  databaseUrl: string;
  workers: StartedWorker[] = [];
  gateways: StartedGateway[] = [];

  constructor(private readonly options: WorldOptions) {
    this.times = Object.assign(new TimesConfig(), QUICK, options.times);
    this.backend = options.continues?.backend ?? `w${randomBytes(5).toString('hex')}@fake`;
    const path = `${currentRun().folder}/${this.backend}`;
    [this.ledgerPath, this.faultsFile, this.keyFile] = [`${path}.ledger`, `${path}.faults`, `${path}.key`];
    if (!options.continues) writeFileSync(this.keyFile, randomBytes(32).toString('base64'), { mode: 0o600 });
    this.keys = KeyRing.fromFile(this.keyFile);
  }

  /** What a gateway or a worker in a process of its own is started with, to be part of this world. */
  get environment(): Record<string, string> {
    const options = { ledger: this.ledgerPath, faultsFile: this.faultsFile };
    return {
      DATABASE_URL: this.databaseUrl,
      AMQP_URL: this.amqpUrl,
      SECRETS_KEY_FILE: this.keyFile,
      BACKENDS: JSON.stringify([{ name: this.backend, pool: 'fake', driver: 'fake', options }]),
      PORT: '0',
      ...Object.fromEntries(Object.entries(this.times).map(([name, value]) => [name, String(value)])),
    };
  }

  private get beside() {
    const { policy, nova, keystone } = this.options;
    return { policy, nova, keystone };
  }

  async start(): Promise<this> {
    this.databaseUrl = this.options.databaseUrl ?? (await createDatabase());
    this.database = await openPostgres({ DATABASE_URL: this.databaseUrl, DATABASE_POOL_SIZE: 3 });
    await migrate(this.database);
    await proveKeys(this.database, this.keys);
    for (let i = 0; i < (this.options.workers ?? 1); i++) await this.startWorker();
    for (let i = 0; i < (this.options.gateways ?? 1); i++) await this.startGateway();
    return this;
  }

  async stop(): Promise<void> {
    for (const gateway of this.gateways.splice(0)) await gateway.stop();
    for (const worker of this.workers.splice(0)) await worker.stop();
    await this.database.close();
  }

  /** The first worker's driver, to make it slow or faulty. */
  get driver(): FakeDriver {
    const [first] = this.workers;
    if (!first) throw new Error('this world has no worker');
    return first.driver;
  }

  /** The first one, which answers `request`. */
  get gateway(): StartedGateway {
    const [first] = this.gateways;
    if (!first) throw new Error('this world has no gateway');
    return first;
  }

  get ledger() {
    return readLedger(this.ledgerPath);
  }

  get amqpUrl(): string {
    return this.options.amqpUrl ?? sharedBrokerUrl();
  }

  async startWorker(): Promise<StartedWorker> {
    const backends = [{ name: this.backend, pool: 'fake', driver: 'fake', options: { ledger: this.ledgerPath, ...this.options.faults } }];
    const drivers = await DriverRegistry.open(parseBackends(JSON.stringify(backends)));
    const transport = amqpTransport(Object.assign(new AmqpConfig(), { AMQP_URL: this.amqpUrl }));
    const database = await openPostgres({ DATABASE_URL: this.databaseUrl, DATABASE_POOL_SIZE: 8 });

    @Module({
      imports: [AttachmentsModule.forRoot({ database, keys: this.keys, times: this.times }), WorkerModule.forRoot(drivers, this.beside)],
    })
    class WorkerProcess {}
    const app = await NestFactory.createMicroservice(WorkerProcess, { strategy: transport.server([this.backend]), logger: LOGGER });
    await app.listen();
    await transport.ready();
    const worker = new StartedWorker(app, drivers.for(this.backend) as FakeDriver, { transport, drivers, database });
    this.workers.push(worker);
    return worker;
  }

  async startGateway(amqpUrl = this.amqpUrl, policy = this.options.policy): Promise<StartedGateway> {
    const config = Object.assign(new GatewayConfig(), { PORT: 0, DRAIN_DELAY_MS: 0 }, this.options.gateway);
    const transport = amqpTransport(Object.assign(new AmqpConfig(), { AMQP_URL: amqpUrl }));
    const database = await openPostgres(
      { DATABASE_URL: this.databaseUrl, DATABASE_POOL_SIZE: 8 },
      { waitMs: config.DATABASE_WAIT_MS, statementMs: 10_000 },
    );

    @Module({
      imports: [
        AttachmentsModule.forRoot({ database, keys: this.keys, times: this.times }),
        MessagingModule.forRoot(transport),
        GatewayModule.forRoot(config, { ...this.beside, policy }),
      ],
    })
    class GatewayProcess {}
    const app = await NestFactory.create<NestFastifyApplication>(GatewayProcess, gatewayAdapter(config, this.options.keystone), {
      logger: LOGGER,
    });
    await app.listen(0, '127.0.0.1');
    if (amqpUrl === this.amqpUrl) await transport.ready();
    const gateway = new StartedGateway(app, { transport, database });
    this.gateways.push(gateway);
    return gateway;
  }

  /** A request as the member of project 1 at microversion 3.44, unless the headers say otherwise; a null header is left out. */
  async request(method: string, path: string, body?: unknown, headers: Record<string, string | null> = {}): Promise<Answer> {
    return this.gateway.request(method, path, body, { 'X-Auth-Token': this.member, ...headers });
  }

  /** An available volume of project 1. */
  async volume({ multiattach = false, token = this.member, metadata }: NewVolume = {}): Promise<string> {
    const type = multiattach ? await this.multiattachType() : undefined;
    const made = await this.request('POST', '/v3/volumes', { volume: { size: 1, volume_type: type, metadata } }, { 'X-Auth-Token': token });
    if (made.status !== 202) throw new Error(`no volume: ${made.status} ${made.text}`);
    const id = made.body.volume.id as string;
    await until(`volume ${id} is available`, async () => (await this.volumeRow(id)).status === 'available');
    return id;
  }

  private async multiattachType(): Promise<string> {
    const name = `multi-${randomBytes(4).toString('hex')}`;
    const made = await this.request(
      'POST',
      '/v3/types',
      { volume_type: { name, extra_specs: { multiattach: '<is> True' } } },
      { 'X-Auth-Token': this.admin },
    );
    if (made.status !== 200) throw new Error(`no type: ${made.status} ${made.text}`);
    return name;
  }

  /** An attachment row of the volume (a new one unless given), for the instance (a new one unless given). */
  async reservedAttachment(volumeId?: string, instanceUuid: string = randomUUID()) {
    const volume = volumeId ?? (await this.volume());
    const made = await this.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume, instance_uuid: instanceUuid } });
    if (made.status !== 200) throw new Error(`no attachment: ${made.status} ${made.text}`);
    return { id: made.body.attachment.id as string, volume, instance: instanceUuid };
  }

  async attachingAttachment(volumeId?: string, connector = aConnector()) {
    const reserved = await this.reservedAttachment(volumeId);
    const answer = await this.request('PUT', `/v3/attachments/${reserved.id}`, { attachment: { connector } });
    if (answer.status !== 200) throw new Error(`not connected: ${answer.status} ${answer.text}`);
    return { ...reserved, connectionInfo: answer.body.attachment.connection_info };
  }

  async attachedAttachment(volumeId?: string, connector = aConnector()) {
    const attaching = await this.attachingAttachment(volumeId, connector);
    const answer = await this.request('POST', `/v3/attachments/${attaching.id}/action`, { 'os-complete': null });
    if (answer.status !== 204) throw new Error(`not completed: ${answer.status} ${answer.text}`);
    return attaching;
  }

  async volumeRow(id: string) {
    const [row] = await this.query('select * from volumes where id = $1', [id]);
    if (!row) throw new Error(`no volume ${id}`);
    return row;
  }

  async attachmentRow(id: string) {
    const [row] = await this.query('select * from attachments where id = $1', [id]);
    if (!row) throw new Error(`no attachment ${id}`);
    return row;
  }

  /** Status and attach_status of a volume, as the cases write them. */
  async st(id: string): Promise<[string, string]> {
    const row = await this.volumeRow(id);
    return [row.status, row.attach_status];
  }

  /** Rows as the database has them; a statement that has lost a race against the apps is repeated. */
  async query(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return await untilItWins(async () => (await client.query<Row>(text, values)).rows);
    } finally {
      await client.end();
    }
  }

  /** Every promise has ended, and the backend holds what the rows say and nothing else. */
  async settled(withinMs = 20_000): Promise<void> {
    await until('no operation is unfinished', async () => (await this.unfinished()).length === 0, withinMs).catch(async (error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(await this.unfinished())}`);
    });
    const rows = await this.query('select id from attachments where not deleted and connector is not null order by id');
    const held = this.ledger.connections.map(({ attachment }) => attachment).sort();
    expect(held).toEqual(rows.map(({ id }) => id as string));
  }

  unfinished() {
    return this.query(`select * from operations where state in ('pending', 'running') order by created_at`);
  }
}

const LOGGER = process.env.TEST_LOG ? undefined : (['fatal'] as const).slice();

export const startWorld = (options: WorldOptions = {}): Promise<World> => new World(options).start();

/** What an instance's host says of itself, as the cases' C1. */
export const aConnector = (host = 'tempest-1', more: Record<string, unknown> = {}) => ({
  initiator: `iqn.1993-08.org.debian:01:${host}`,
  ip: '192.168.1.20',
  platform: 'x86_64',
  host,
  os_type: 'linux2',
  multipath: false,
  mountpoint: '/dev/vdb',
  mode: 'rw',
  ...more,
});

const SERIALIZATION_FAILURE = '40001';

async function untilItWins<T>(statement: () => Promise<T>, tries = 20): Promise<T> {
  try {
    return await statement();
  } catch (error) {
    if (tries === 1 || (error as { code?: string }).code !== SERIALIZATION_FAILURE) throw error;
    return untilItWins(statement, tries - 1);
  }
}
