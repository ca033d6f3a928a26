import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyRing } from '@app/attachments';
import { Client } from 'pg';
import { AppProcess } from '../support/app-process';
import { provide } from '../support/installed-programs';
import { POSTGRES, PrivatePostgres } from '../support/private-postgres';
import { PrivateBroker, RABBITMQ } from '../support/private-rabbitmq';
import { beginRun, endRun, publishRun } from '../support/test-run';
import type { Roots } from './measured-services';
import { type BenchIdentity, benchIdentity, type IdentityKind } from './identity';
import { PROJECT, store } from './stored';
import type { ClientFacts } from './workloads';

const BACKEND = 'bench@fake';
/** The ids that a show draws from. */
const SAMPLE = 1_000;

export interface AppPair {
  gateway: AppProcess;
  worker: AppProcess;
}

/** The servers of a run, and the apps of one checkout on them, started as in production. */
export class Bed {
  readonly keyFile: string;
  readonly keys: KeyRing;
  identity: BenchIdentity;
  private stored = 0;

  private constructor(
    private readonly root: string,
    readonly folder: string,
    readonly postgres: PrivatePostgres,
    readonly broker: PrivateBroker,
    readonly client: Client,
  ) {
    this.keyFile = join(folder, 'secrets.key');
    writeFileSync(this.keyFile, randomBytes(32).toString('base64'), { mode: 0o600 });
    this.keys = KeyRing.fromFile(this.keyFile);
  }

  /** `settings`: further lines of postgresql.conf. */
  static async make(root: string, settings: string, identity: IdentityKind): Promise<Bed> {
    await provide([POSTGRES, RABBITMQ]);
    await build(root);
    const folder = beginRun();
    const [postgres, broker] = await Promise.all([
      PrivatePostgres.create(folder, 'postgres', settings),
      PrivateBroker.create(folder, 'rabbitmq'),
    ]);
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    const bed = new Bed(root, folder, postgres, broker, client);
    await bed.migrate();
    publishRun({ folder, databaseUrl: postgres.url, amqpUrl: broker.url, databaseIsPrivate: true });
    bed.identity = await benchIdentity(identity, folder);
    return bed;
  }

  /** With settings beside those that all have. */
  async startApps(settings: Partial<Record<keyof AppPair, Record<string, string>>> = {}): Promise<AppPair> {
    const worker = await AppProcess.start('worker', { ...this.environment, ...settings.worker }, this.root);
    const gateway = await AppProcess.start('gateway', { ...this.environment, ...this.identity.gateway, ...settings.gateway }, this.root);
    return { gateway, worker };
  }

  async stopApps({ gateway, worker }: AppPair): Promise<void> {
    for (const app of [gateway, worker]) await app.end('SIGTERM');
  }

  rootsOf({ gateway, worker }: { gateway: number; worker: number }): Roots {
    return { gateway: [gateway], worker: [worker], broker: this.broker.pids, database: [this.postgres.pid] };
  }

  /** So many attachments, and no fewer than there are. */
  async fill(count: number): Promise<void> {
    if (count < this.stored) throw new Error(`${this.stored} attachments are stored: ${count} is too late`);
    await store(this.client, this.keys, count - this.stored);
    this.stored = count;
  }

  /** Each with a new volume of its own, available and on the backend that the worker serves. */
  async clients(count: number): Promise<ClientFacts[]> {
    const { stored, middle } = await this.sample();
    const { rows } = await this.client.query<{ id: string }>(NEW_VOLUMES, [PROJECT, `${BACKEND}#fake`, count]);
    return rows.map(({ id }) => ({ volume: id, stored, middle }));
  }

  async end(): Promise<void> {
    await this.client.end();
    await endRun();
  }

  get environment(): Record<string, string> {
    return {
      NODE_ENV: 'production',
      DATABASE_URL: this.postgres.url,
      AMQP_URL: this.broker.url,
      SECRETS_KEY_FILE: this.keyFile,
      BACKENDS: JSON.stringify([{ name: BACKEND, pool: 'fake', driver: 'fake' }]),
      PORT: '0',
    };
  }

  private async migrate(): Promise<void> {
    const migration = AppProcess.spawn('admin', this.environment, ['db', 'migrate'], this.root);
    if ((await migration.exited) !== 0) throw new Error(`db migrate failed:\n${migration.output}`);
  }

  private async sample(): Promise<Pick<ClientFacts, 'stored' | 'middle'>> {
    const { rows } = await this.client.query<{ id: string }>('select id from attachments where not deleted order by created_at, id');
    const step = Math.max(1, Math.floor(rows.length / SAMPLE));
    return { stored: rows.filter((_, at) => at % step === 0).map(({ id }) => id), middle: rows[rows.length >> 1]?.id ?? null };
  }
}

const NEW_VOLUMES = `
insert into volumes (id, project_id, user_id, name, size, status, attach_status, host, availability_zone)
select gen_random_uuid(), $1, 'bench', 'a client''s', 1, 'available', 'detached', $2, 'nova' from generate_series(1, $3) returning id`;

async function build(root: string): Promise<void> {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', '--build', 'gateway', 'worker', 'admin'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}
