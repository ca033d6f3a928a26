import { lost, type ServiceError, unavailable } from '@app/domain';
import { behindCommit, failureOf, notReached } from './database-failure.js';
import { sql } from './sql.js';

const coded = (code: string) => Object.assign(new Error('as the driver says it'), { code });
const read = sql`select 1`;
const write = sql`with v as (update volumes set revision = 1) select 1`;

it.each([
  ['a refused connection', coded('ECONNREFUSED')],
  ['a full pool', new Error('timeout exceeded when trying to connect')],
  ['a server that starts', coded('57P03')],
  ['a server that takes no more', coded('53300')],
  ['a name that is not found just now', coded('EAI_AGAIN')],
  ['a certificate that has expired', coded('CERT_HAS_EXPIRED')],
  ["an error of another realm's class", { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' }],
])('without a connection nothing was done: %s', (_, error) => {
  expect(notReached(error)).toMatchObject({ kind: 'unavailable', cause: error });
});

it.each([
  ['a read that was cut', new Error('Connection terminated unexpectedly'), read, 'unavailable'],
  ['a write that was cut', new Error('Connection terminated unexpectedly'), write, 'lost'],
  ['a write under a server that ends', coded('57P01'), write, 'lost'],
  ['a write whose link broke', coded('ECONNRESET'), write, 'lost'],
  ['a write under a name that is not found', coded('EAI_AGAIN'), write, 'lost'],
  ['a write whose answer did not come', new Error('Query read timeout'), write, 'lost'],
  ['a write that took too long', coded('57014'), write, 'unavailable'],
])('%s', (_, error, statement, kind) => {
  expect(failureOf(error, statement)).toMatchObject({ kind, cause: error });
});

it.each([coded('40001'), coded('23505'), new Error('cannot be serialised')])(
  'what is no fault of the way to the database stays what it is: %s',
  (error) => {
    expect(failureOf(error, write)).toBe(error);
  },
);

it.each([
  [unavailable(), 'lost'],
  [lost(), 'lost'],
])('behind a commit nothing is "nothing was done"', async (error: ServiceError, kind) => {
  await expect(behindCommit(Promise.reject(error))).rejects.toMatchObject({ kind });
});
