import { randomBytes } from 'node:crypto';
import { checkDatabase, type Database, databaseFacts, KeyRing, migrate, openPostgres, proveKeys, requireReady } from '@app/attachments';
import { createDatabase } from '../support/postgres';

let open: Database[] = [];
afterEach(async () => {
  for (const database of open) await database.close();
  open = [];
});

async function opened(url: string): Promise<Database> {
  const database = await openPostgres({ DATABASE_URL: url, DATABASE_POOL_SIZE: 3 });
  open.push(database);
  return database;
}

it('given four processes migrate an empty database at once, one does the work and all find it done', async () => {
  const url = await createDatabase();
  const databases = await Promise.all(Array.from({ length: 4 }, () => opened(url)));

  const done = await Promise.all(databases.map((database) => migrate(database)));

  expect(done.flat()).toContainEqual(expect.stringMatching(/^FirstTables\d+$/));
  expect(new Set(done.flat()).size).toBe(done.flat().length);
  for (const database of databases) expect(await checkDatabase(database)).toEqual([]);
});

it('an empty database is behind, and says what to do', async () => {
  const database = await opened(await createDatabase());

  await expect(requireReady(database)).rejects.toThrow(/schema is behind: FirstTables.*db migrate/);
});

it('given rows of an earlier version, when it is migrated, undone and migrated again, then it is behind in between and loses nothing', async () => {
  const database = await opened(await createDatabase());
  await migrate(database);
  await database.source.undoLastMigration({ transaction: 'each' });
  await database.source.query(`insert into volume_types (id, name) values ('t', 'kept')`);

  const behind = await checkDatabase(database);
  const done = await migrate(database);

  expect(behind).toEqual([expect.stringMatching(/^The schema is behind: \w+ not applied/)]);
  expect(behind[0]).toContain(done.join());
  expect(done).toHaveLength(1);
  expect(await checkDatabase(database)).toEqual([]);
  expect(await database.source.query('select name from volume_types')).toEqual([{ name: 'kept' }]);
});

/** Until that one is the last that was carried out. */
async function undoneTo(database: Database, name: string): Promise<void> {
  while ((await databaseFacts(database)).migrations.at(-1) !== name) await database.source.undoLastMigration({ transaction: 'each' });
}

it('the volume actions are not undone while a connection of theirs stands, and what of them is over goes', async () => {
  const database = await opened(await createDatabase());
  await migrate(database);
  await database.source.query(
    `insert into volumes (id, project_id, user_id, size, status, attach_status, availability_zone) values ('v', 'p', 'u', 1, 'available', 'detached', 'nova')`,
  );
  await undoneTo(database, 'VolumeActions1764400000000');
  const behind = await checkDatabase(database);
  const connect = `insert into operations (id, kind, volume_id, backend, revision, state, touched, request_id, finished_at)`;
  await database.source.query(`${connect} values ('o', 'connect', 'v', 'h@b', 1, 'succeeded', true, 'r', now())`);

  await expect(database.source.undoLastMigration({ transaction: 'each' })).rejects.toThrow(
    /^1 operations of the volume actions are not over/,
  );
  expect(await checkDatabase(database)).toEqual(behind);
  await database.source.query(`update operations set touched = false`);
  await database.source.undoLastMigration({ transaction: 'each' });

  expect(await database.source.query('select id from operations')).toEqual([]);
});

it('a database of a newer version is refused in a sentence, also by the migrator', async () => {
  const database = await opened(await createDatabase());
  await migrate(database);
  await database.source.query(`insert into migrations (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')`);

  const sentence = /made by a newer version of Mooring \(FromTheFuture9999999999999\)/;
  await expect(requireReady(database)).rejects.toThrow(sentence);
  await expect(migrate(database)).rejects.toThrow(sentence);
});

it('every connection runs at REPEATABLE READ, also one that is not ours', async () => {
  const url = await createDatabase();
  const database = await opened(url);
  await migrate(database);

  const [ours] = await database.source.query<{ transaction_isolation: string }[]>('show transaction_isolation');
  const [setting] = await database.source.query<{ setconfig: string[] }[]>(
    `select setconfig from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()`,
  );

  expect(ours?.transaction_isolation).toBe('repeatable read');
  expect(setting?.setconfig).toContain('default_transaction_isolation=repeatable read');
});

it.each(['id = $1', `volume_id = $1 and state in ('pending', 'running')`])(
  'given empty tables, a plan that is made there for operations where %s goes by what is asked for',
  async (condition) => {
    const database = await opened(await createDatabase());
    await migrate(database);
    await database.source.query('analyze operations');

    const plan = await database.source.query<{ 'QUERY PLAN': string }[]>(`explain select * from operations where ${condition}`, ['x']);

    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(/Index Cond: \(+(volume_)?id = /);
  },
);

describe('the last line of defence', () => {
  let database: Database;
  beforeEach(async () => {
    database = await opened(await createDatabase());
    await migrate(database);
    await database.source.query(`insert into volumes (id, project_id, user_id, size, status, attach_status, availability_zone, host)
      values ('v', 'p', 'u', 1, 'available', 'detached', 'nova', 'n@b#p')`);
    await database.source.query(
      `insert into attachments (id, volume_id, project_id, attach_status, connection_info) values ('a', 'v', 'p', 'reserved', '{}')`,
    );
  });
  const operation = (id: string, kind: string, state: string, more = '') =>
    database.source
      .query(`insert into operations (id, kind, volume_id, attachment_id, backend, revision, state, number, owner, request_id, finished_at, reason_class)
      values ('${id}', '${kind}', 'v', 'a', 'n@b', 1, '${state}', 1, 'me', 'r'${more || ', null, null'})`);

  it('one running driver operation per volume', async () => {
    await operation('o1', 'attach', 'running');
    await expect(operation('o2', 'detach', 'running')).rejects.toThrow('one_driver_call_per_volume');
  });

  it('one unfinished attach, and one unfinished detach, per attachment', async () => {
    await operation('o1', 'attach', 'pending');
    await operation('o2', 'detach', 'pending');
    await expect(operation('o3', 'attach', 'pending')).rejects.toThrow('one_unfinished_attach');
    await expect(operation('o4', 'detach', 'pending')).rejects.toThrow('one_unfinished_detach');
  });

  it.each([
    ['attaching without a connector', `attach_status = 'attaching'`],
    ['connected without a connector', `connection_info = 'sealed'`],
    ['detached but not deleted', `attach_status = 'detached'`],
    ['of an unknown status', `attach_status = 'flying'`],
  ])('no attachment is %s', async (_, change) => {
    await expect(database.source.query(`update attachments set ${change} where id = 'a'`)).rejects.toThrow('violates check constraint');
  });

  it('what has failed says why', async () => {
    await expect(operation('o1', 'attach', 'failed', ', now(), null')).rejects.toThrow('violates check constraint');
  });
});

it('keys that are not those of the database are refused in a sentence', async () => {
  const database = await opened(await createDatabase());
  await migrate(database);
  const [right, wrong] = [randomBytes(32), randomBytes(32)];
  await proveKeys(database, new KeyRing([right]));

  await proveKeys(database, new KeyRing([wrong, right]));
  await expect(proveKeys(database, new KeyRing([wrong]))).rejects.toThrow(/^SECRETS_KEY_FILE: none of its keys opens/);
});
