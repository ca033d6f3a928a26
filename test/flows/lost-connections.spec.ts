import { setTimeout as pause } from 'node:timers/promises';
import { type Database, openPostgres } from '@app/attachments';
import { Client } from 'pg';
import { createDatabase } from '../support/postgres';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

/** A connection may end at any moment; whoever had a statement on it hears of it, and nobody else: least of all the process as a whole. */
let url: string;
let link: TcpProxy;
let database: Database;
beforeEach(async () => {
  url = await createDatabase();
  link = await TcpProxy.to(Number(new URL(url).port));
  database = await openPostgres({ DATABASE_URL: link.through(url), DATABASE_POOL_SIZE: 2 });
});
afterEach(async () => {
  await database.close();
  await link.close();
});

const statement = (text: string) => ({ strings: [text], values: [], text }) as unknown as Parameters<Database['rows']>[0];
const sleeping = () => database.rows(statement('select pg_sleep(20)')).catch((error: Error) => error);

async function onServer(text: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
const OTHERS = 'from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
const atWork = () => until('it sleeps', async () => (await onServer(`select 1 ${OTHERS} and state = 'active'`)).length > 0);

async function answersAgain() {
  await until('it answers again', () => database.rows(statement('select 1 as n')).catch(() => null));
}

it('given the link is cut under a statement, its caller hears of it, and the next one gets a connection', async () => {
  const asleep = sleeping();
  await atWork();

  link.cut();
  const heard = await asleep;
  link.heal();

  expect(heard).toMatchObject({ message: expect.any(String) });
  await answersAgain();
});

it('given the server ends every connection again and again while statements come and go, each caller hears of his own', async () => {
  let going = true;
  const callers = Array.from({ length: 8 }, async () => {
    while (going) await database.rows(statement('select 1 as n')).catch(() => pause(5));
  });

  for (let n = 0; n < 40; n++) {
    await onServer(`select pg_terminate_backend(pid) ${OTHERS}`);
    await pause(20);
  }
  going = false;
  await Promise.all(callers);

  await answersAgain();
});

it('given every connection is at work, when the server ends them, then whoever waited for one is given one that works', async () => {
  const asleep = [sleeping(), sleeping()];
  await until('both sleep', async () => (await onServer(`select 1 ${OTHERS} and state = 'active'`)).length === 2);
  const waiting = [1, 2].map((n) => database.rows(statement(`select ${n} as n`)));

  await onServer(`select pg_terminate_backend(pid) ${OTHERS} and state = 'active'`);
  await Promise.all(asleep);

  expect(await Promise.all(waiting)).toEqual([[{ n: 1 }], [{ n: 2 }]]);
});
