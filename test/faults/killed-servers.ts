import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { FORM } from './form';
import type { Recorded } from './recorder';
import { nothing, type Scenario, type Scene } from './scenario';

type Fault = (scene: Scene) => Promise<void>;

const scenario = (name: string, fault: Fault, rest: Pick<Scenario, 'explains' | 'bells'>): Scenario => ({
  name,
  times: FORM.times,
  driverMs: FORM.driverMs,
  prepare: async (scene) => () => fault(scene),
  ...rest,
});

/** Who is asked while the truth is away can say nothing else; what is asked once it is back is answered. */
export const whileAway = ({ invokedAt, answeredAt, status }: Recorded, from: number, to: number): boolean =>
  [500, 503, 504].includes(status ?? 0) && invokedAt < to && (answeredAt ?? Infinity) > from;

const killBroker: Fault = async ({ installation: { servers }, note }) => {
  await servers.broker.crash();
  note('RabbitMQ: kill -9');
  await pause(FORM.brokerAwayMs);
  await servers.broker.start();
};

const loseBroker: Fault = async ({ installation: { servers }, note }) => {
  await servers.broker.crash();
  servers.broker.loseData();
  note('RabbitMQ: kill -9, its data folder deleted');
  await servers.broker.start();
};

const stopDatabase: Fault = async ({ installation: { servers }, note }) => {
  await servers.postgres.stop();
  note('PostgreSQL: stopped (fast)');
  await pause(FORM.databaseAwayMs);
  await servers.postgres.start();
};

const killDatabase: Fault = async ({ installation: { servers }, note }) => {
  await servers.postgres.kill();
  note('PostgreSQL: kill -9');
  await pause(FORM.databaseAwayMs);
  await servers.postgres.start();
};

/** Three times, so that it meets statements at work. */
const terminateConnections: Fault = async ({ installation, random, note }) => {
  for (let n = 0; n < 3; n++) {
    const client = new Client({ connectionString: installation.databaseUrl });
    await client.connect();
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    note(`PostgreSQL: ${rowCount} connections terminated`);
    await client.end();
    await pause(random.between(100, 500));
  }
};

export const KILLED_SERVERS: Scenario[] = [
  scenario('RabbitMQ killed', killBroker, { explains: nothing, bells: true }),
  scenario('RabbitMQ loses its data', loseBroker, { explains: nothing, bells: true }),
  scenario('PostgreSQL stopped', stopDatabase, { explains: whileAway }),
  scenario('PostgreSQL killed', killDatabase, { explains: whileAway }),
  scenario('PostgreSQL connections terminated', terminateConnections, { explains: whileAway }),
];
