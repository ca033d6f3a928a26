import { CLIENTS } from './client-tools';
import { provide } from './installed-programs';
import { KEYSTONE } from './private-keystone';
import { POSTGRES, PrivatePostgres } from './private-postgres';
import { PrivateBroker, RABBITMQ } from './private-rabbitmq';
import { beginRun, endRun, publishRun } from './test-run';

/**
 * One PostgreSQL and one RabbitMQ for the whole run: those that TEST_DATABASE_URL and TEST_AMQP_URL name (whoever connects may create
 * databases, and declare queues), else private ones from the installed programs, which are installed first where that is allowed.
 */
export default async function globalSetup(): Promise<void> {
  const { TEST_DATABASE_URL: database, TEST_AMQP_URL: broker } = process.env;
  await provide([...(database ? [] : [POSTGRES]), ...(broker ? [] : [RABBITMQ]), ...CLIENTS, ...KEYSTONE]);
  const folder = beginRun();
  try {
    const [databaseUrl, amqpUrl] = await Promise.all([
      database || timed('PostgreSQL', () => PrivatePostgres.create(folder, 'postgres')),
      broker || timed('RabbitMQ', () => PrivateBroker.create(folder, 'rabbitmq')),
    ]);
    publishRun({ folder, databaseUrl, amqpUrl, databaseIsPrivate: !database });
  } catch (error) {
    await endRun(); // after a failed setup there is no teardown
    throw error;
  }
}

async function timed(what: string, start: () => Promise<{ url: string }>): Promise<string> {
  const begun = Date.now();
  const { url } = await start();
  process.stderr.write(`${what} for the tests: ready after ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
  return url;
}
