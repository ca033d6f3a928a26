import { type Database, openPostgres } from '@app/attachments';
import { createDatabase } from '../support/postgres';

/** Left to itself the server plans a statement anew five times at least, and for ever where it calls that cheaper (decision 0021). */
let database: Database;
afterEach(() => database.close());

const run = (text: string, ...values: unknown[]) => database.rows({ strings: [text], values, text });

it.each([
  ['a statement is planned once for each connection', true, { kept: 3, anew: 0 }],
  ['a list is planned for what is asked', false, { kept: 0, anew: 3 }],
])('%s', async (_, plansOnce, plans) => {
  // One connection, so that it can be asked about itself.
  database = await openPostgres({ DATABASE_URL: await createDatabase(), DATABASE_POOL_SIZE: 1 }, { plansOnce });

  for (const n of [1, 2, 3]) await run('select $1::int as n', n);

  const ofConnection = 'select generic_plans::int as kept, custom_plans::int as anew from pg_prepared_statements where statement = $1';
  expect(await run(ofConnection, 'select $1::int as n')).toEqual([plans]);
});
