import { Database, PruningService, PRUNED_TABLES, pruneStatement } from '@app/attachments';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { admin, adminJson } from './admin-cli';

const DAY_MS = 86_400_000;
const AWAY = { failOn: { terminateConnection: { message: 'away', kind: 'unavailable' as const } } };

let world: World;
let pruning: PruningService;
beforeAll(async () => {
  // Long enough for a busy machine: that a call waits for its turn is not what is looked at.
  world = await startWorld({ gateway: { DATABASE_WAIT_MS: 20_000 } });
  pruning = new PruningService(world.database);
  await admin({}, '--help'); // builds it
}, 120_000);
afterAll(() => world.stop());
beforeEach(() => pruning.purge(0)); // what the case before has left

/** As if all that has happened so far had happened that long ago. */
async function aged(days: number): Promise<void> {
  const ago = `interval '${days} days'`;
  await world.query(`update operations set created_at = created_at - ${ago}, finished_at = finished_at - ${ago}`);
  for (const table of ['attachments', 'volumes', 'volume_types'])
    await world.query(`update ${table} set deleted_at = deleted_at - ${ago} where deleted`);
}
const rowsOf = async (table: string, where: string, ...values: unknown[]) =>
  (await world.query(`select 1 from ${table} where ${where}`, values)).length;
const numbers = (said: unknown) => (said as { rows: number }[]).map(({ rows }) => rows);
const remove = (id: string) => world.request('DELETE', `/v3/attachments/${id}`);

async function deletedVolume(): Promise<{ id: string; volume: string }> {
  const { id, volume } = await world.attachedAttachment();
  await remove(id);
  await world.request('DELETE', `/v3/volumes/${volume}`, undefined, { 'X-Auth-Token': world.admin });
  await until('the volume is deleted', async () => (await world.volumeRow(volume)).deleted === true);
  return { id, volume };
}

it('the command counts by itself, and deletes when it is told to: what has ended, and what is deleted, in the order that the rows allow', async () => {
  const settings = { DATABASE_URL: world.databaseUrl };
  const { id, volume } = await deletedVolume();
  const live = await world.attachedAttachment();
  await world.query(`insert into volume_types (id, name, deleted, deleted_at) values ('old', 'old', true, now())`);
  await world.query(
    `insert into volume_type_encryptions (id, volume_type_id, provider, control_location) values ('e', 'old', 'luks', 'front-end')`,
  );
  await world.query(`update volumes set volume_type_id = 'old' where id = $1`, [volume]);
  await aged(31);
  const expected = [
    { table: 'operations', rows: 8 }, // create, attach, complete, detach and delete; create, attach and complete
    { table: 'attachments', rows: 1 },
    { table: 'volumes', rows: 1 },
    { table: 'volume_types', rows: 1 },
  ];

  const counted = await adminJson(settings, 'db', 'purge', '--older', '30d');
  expect(await rowsOf('attachments', 'id = $1', id)).toBe(1);
  const younger = await adminJson(settings, 'db', 'purge', '--older', '32d', '--apply');
  const deleted = await adminJson(settings, 'db', 'purge', '--older', '30d', '--apply');
  const again = await adminJson(settings, 'db', 'purge', '--older', '30d');

  expect(counted).toEqual(expected);
  expect(numbers(younger)).toEqual([0, 0, 0, 0]);
  expect(deleted).toEqual(expected);
  expect(numbers(again)).toEqual([0, 0, 0, 0]);
  expect(await rowsOf('volumes', 'id = $1', volume)).toBe(0);
  expect((await world.request('GET', `/v3/attachments/${live.id}`)).body.attachment.connection_info).toMatchObject(live.connectionInfo);
  expect((await remove(live.id)).status).toBe(200);
}, 60_000);

it.each([
  ['no age', [], `error: required option '-o, --older <age>' not specified`],
  ['an age below an hour', ['--older', '59m'], 'It takes an age of at least 1h.'],
  ['no age at all', ['--older', 'old'], 'It takes an age from 1s'],
])('%s is wrong usage', async (_, args, said) => {
  expect(await admin({}, 'db', 'purge', ...args)).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(said) });
});

describe('an operation is kept', () => {
  it('while it is young', async () => {
    const { volume } = await world.attachedAttachment();
    await aged(13);

    await pruning.purge(14 * DAY_MS);

    expect(await rowsOf('operations', 'volume_id = $1', volume)).toBe(3);
  });

  it('while it is unfinished, however old', async () => {
    const { id } = await world.attachedAttachment();
    world.driver.faults = AWAY;
    const answer = remove(id);
    await until('the detach is promised', () => rowsOf('operations', `attachment_id = $1 and kind = 'detach'`, id));
    await aged(100);

    await pruning.purge(DAY_MS);

    world.driver.faults = {};
    expect((await answer).status).toBe(200);
    await world.settled();
  });

  it('while a driver may hold what its intent names, with its attachment alive and nothing at work for it', async () => {
    const { id } = await world.reservedAttachment();
    await world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });
    // As a superseded attach that reached its driver is left by a detach that was refused: finished, touched, its intent still there.
    await world.query(`update operations set touched = true where attachment_id = $1`, [id]);
    await aged(100);

    await pruning.purge(DAY_MS);

    expect(await rowsOf('operations', `attachment_id = $1 and kind = 'attach'`, id)).toBe(1);
    await remove(id);
    await pruning.purge(0);
    expect(await rowsOf('operations', 'attachment_id = $1', id)).toBe(0);
  });

  it('while its attachment has another one that is unfinished: a delete then ends all that an attach, superseded long ago, has left', async () => {
    const { id } = await world.reservedAttachment();
    world.driver.faults = { latencyMs: { initializeConnection: 800 }, failOn: { terminateConnection: { message: 'no', times: 1 } } };
    const put = world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });
    await until('the driver is at it', () => rowsOf('operations', `attachment_id = $1 and state = 'running'`, id));
    const refused = await remove(id);
    expect([(await put).status, refused.status]).toEqual([404, 500]);
    world.driver.faults = AWAY;
    const answer = remove(id);
    await until('it is tried', () => rowsOf('operations', `attachment_id = $1 and kind = 'detach' and attempts > 0`, id));
    await aged(100);
    const before = await rowsOf('operations', 'attachment_id = $1', id);

    await pruning.purge(DAY_MS);

    expect(await rowsOf('operations', 'attachment_id = $1', id)).toBe(before);
    expect(before).toBe(3); // the attach, the refused detach, and this one
    world.driver.faults = {};
    expect((await answer).status).toBe(200);
    await world.settled(); // the ledger holds nothing that no row names
    await pruning.purge(0);
    expect(await rowsOf('operations', 'attachment_id = $1', id)).toBe(0);
  });
});

it('a row is kept while an operation names it, and for its own age', async () => {
  const { id, volume } = await deletedVolume();
  await aged(20);

  const early = await pruning.turn({ PRUNE_OPERATIONS_AFTER_DAYS: 14, PRUNE_DELETED_AFTER_DAYS: 30 });
  const rowsEarly = [await rowsOf('attachments', 'id = $1', id), await rowsOf('volumes', 'id = $1', volume)];
  await aged(11);
  const never = await pruning.turn({ PRUNE_OPERATIONS_AFTER_DAYS: 14, PRUNE_DELETED_AFTER_DAYS: 0 });
  const due = await pruning.turn({ PRUNE_OPERATIONS_AFTER_DAYS: 14, PRUNE_DELETED_AFTER_DAYS: 30 });

  expect(early).toEqual({ rows: 5, more: false });
  expect(rowsEarly).toEqual([1, 1]);
  expect(never).toEqual({ rows: 0, more: false });
  expect(due).toEqual({ rows: 2, more: false });
});

it('where operations are never pruned, neither is what they name', async () => {
  await deletedVolume();
  await aged(1000);

  expect(await pruning.turn({ PRUNE_OPERATIONS_AFTER_DAYS: 0, PRUNE_DELETED_AFTER_DAYS: 1 })).toEqual({ rows: 0, more: false });
});

it('workers do it in the background', async () => {
  const other = await startWorld({ times: { PRUNE_INTERVAL_MS: 100 }, workers: 2 });
  try {
    const { id } = await other.attachedAttachment();
    await other.query(
      `update operations set created_at = now() - interval '15 days', finished_at = now() - interval '15 days' where attachment_id = $1`,
      [id],
    );

    await until('they are gone', async () => (await other.query('select 1 from operations where attachment_id = $1', [id])).length === 0);
    expect((await other.request('GET', `/v3/attachments/${id}`)).status).toBe(200);
  } finally {
    await other.stop();
  }
}, 60_000);

describe('beside callers', () => {
  it('three that prune thousands of rows at once make no call of theirs fail or be repeated', async () => {
    const { volume } = await world.reservedAttachment();
    await world.query(
      `insert into attachments (id, volume_id, project_id, attach_status, deleted, deleted_at)
        select 'old-' || i, $1, 'p', 'detached', true, now() - interval '40 days' from generate_series(1, 4000) i`,
      [volume],
    );
    await world.query(
      `insert into operations (id, kind, volume_id, attachment_id, backend, revision, state, request_id, created_at, finished_at)
        select 'old-' || i || k, k, $1, 'old-' || i, 'x@y', 1, 'succeeded', 'r', now() - interval '41 days', now() - interval '40 days'
        from generate_series(1, 4000) i, unnest(array['attach', 'detach']) k`,
      [volume],
    );
    const overlaps: string[] = [];
    const genuine = Reflect.get(Database.prototype, 'rows') as (statement: Statement) => Promise<unknown[]>;
    const watch = jest.spyOn(Database.prototype, 'rows').mockImplementation(function <T>(
      this: Database,
      statement: Statement,
    ): Promise<T[]> {
      return genuine.call(this, statement).catch((error: Error) => {
        // That one worker's bell and another's sweep claim the same operation is a concurrent update, and has nothing to do with pruning.
        if (error.message.includes('concurrent delete') && !statement.text.startsWith('with gone')) overlaps.push(statement.text);
        throw error;
      }) as Promise<T[]>;
    });

    const pruners = Promise.all([1, 2, 3].map(() => new PruningService(world.database).purge(30 * DAY_MS)));
    const statuses: number[] = [];
    let done = false;
    const callers = Array.from({ length: 4 }, async () => {
      do {
        const { id } = await world.attachedAttachment();
        statuses.push((await remove(id)).status);
      } while (!done);
    });
    const counts = await pruners.finally(() => (done = true));
    await Promise.all(callers);

    expect(counts.reduce((sum, { operations }) => sum + operations, 0)).toBe(8000);
    expect(counts.reduce((sum, { attachments }) => sum + attachments, 0)).toBe(4000);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(overlaps).toEqual([]);
    watch.mockRestore();
  }, 60_000);

  it.each(PRUNED_TABLES.slice(0, 3))('what is looked for in %s is found by an index, and so is what names it', async (table) => {
    const { text, values } = pruneStatement(table, 30 * DAY_MS, 500);
    await world.query(`${OLD_ROWS}; analyze`);

    const [plan] = await world.query(`explain (analyze, format json) ${text}`, [...values]);

    const scans = nodesOf(plan?.['QUERY PLAN'][0].Plan).filter((node) => node['Node Type'] === 'Seq Scan');
    expect(scans).toEqual([]);
  });
});

/** Volumes with an attachment each and two operations of it, all of them over. */
const OLD_ROWS = `
  insert into volumes (id, project_id, user_id, size, status, attach_status, availability_zone, deleted, deleted_at)
    select 'v' || i, 'p', 'u', 1, 'deleted', 'detached', 'nova', true, now() - interval '40 days' from generate_series(1, 3000) i
    on conflict do nothing;
  insert into attachments (id, volume_id, project_id, attach_status, deleted, deleted_at)
    select 'a' || i, 'v' || i, 'p', 'detached', true, now() - interval '40 days' from generate_series(1, 3000) i on conflict do nothing;
  insert into operations (id, kind, volume_id, attachment_id, backend, revision, state, request_id, created_at, finished_at)
    select 'o' || i || k, k, 'v' || i, 'a' || i, 'x@y', 1, 'succeeded', 'r', now() - interval '41 days', now() - interval '40 days'
    from generate_series(1, 3000) i, unnest(array['attach', 'detach']) k on conflict do nothing`;

type Statement = Parameters<Database['rows']>[0];

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}
const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
