import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { migrate, openPostgres } from '@app/attachments';
import { type Faults, readLedger, writeFaults } from '@app/drivers';
import { connect } from 'amqplib';
import { Client } from 'pg';
import { isolatedPostgres, type PrivatePostgres } from '../support/postgres';
import { isolatedBroker, type PrivateBroker } from '../support/rabbitmq';
import { currentRun } from '../support/test-run';
import { type Common, Member } from './members';

export interface Servers {
  postgres: PrivatePostgres;
  broker: PrivateBroker;
}

/** Servers that nobody else uses, to be killed. */
export async function startServers(): Promise<Servers> {
  const [postgres, broker] = await Promise.all([isolatedPostgres(), isolatedBroker()]);
  return { postgres, broker };
}

/** Two gateways and two workers, each a process of its own as users start it, on servers of their own, with a driver that keeps a ledger. */
export class Installation {
  readonly members: Member[] = [];

  private constructor(
    readonly servers: Servers,
    readonly backend: string,
    readonly databaseUrl: string,
    private readonly files: { ledger: string; faults: string },
  ) {}

  static async start(servers: Servers, times: Record<string, number>): Promise<Installation> {
    const backend = `f${randomBytes(5).toString('hex')}@fake`;
    const beside = `${currentRun().folder}/${backend}`;
    const files = { ledger: `${beside}.ledger`, faults: `${beside}.faults` };
    const databaseUrl = await newDatabase(servers.postgres.url);
    writeFileSync(`${beside}.key`, randomBytes(32).toString('base64'), { mode: 0o600 });
    const installation = new Installation(servers, backend, databaseUrl, files);
    const options = { ledger: files.ledger, faultsFile: files.faults };
    await installation.startMembers({
      databaseUrl,
      amqpUrl: servers.broker.url,
      environment: {
        SECRETS_KEY_FILE: `${beside}.key`,
        BACKENDS: JSON.stringify([{ name: backend, pool: 'fake', driver: 'fake', options }]),
        ...Object.fromEntries(Object.entries(times).map(([name, value]) => [name, String(value)])),
      },
    });
    return installation;
  }

  get gateways(): Member[] {
    return this.members.filter(({ role }) => role === 'gateway');
  }

  get workers(): Member[] {
    return this.members.filter(({ role }) => role === 'worker');
  }

  set faults(faults: Faults) {
    writeFaults(this.files.faults, faults);
  }

  get ledger(): ReturnType<typeof readLedger> {
    return readLedger(this.files.ledger);
  }

  /** Rows as the database has them. */
  async rows<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return (await client.query<T>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** How many workers hear the backend's bells. */
  async listeners(): Promise<number> {
    const connection = await connect(this.servers.broker.url, { timeout: 2_000 });
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => undefined); // there is no such queue
      return (await channel.checkQueue(`mooring.backend.${this.backend}`)).consumerCount;
    } finally {
      await connection.close().catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()));
  }

  private async startMembers(common: Common): Promise<void> {
    for (const role of ['gateway', 'worker'] as const) {
      for (const n of [1, 2]) this.members.push(await Member.of(role, n, common));
    }
    const started = await Promise.allSettled(this.members.map((member) => member.start()));
    const failed = started.find((one) => one.status === 'rejected');
    if (!failed) return;
    await this.stop();
    throw failed.reason;
  }
}

async function newDatabase(serverUrl: string): Promise<string> {
  const name = `faults_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create database "${name}"`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database = await openPostgres({ DATABASE_URL: url.href, DATABASE_POOL_SIZE: 2 });
  await migrate(database);
  await database.close();
  return url.href;
}
