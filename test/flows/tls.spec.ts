import { chmodSync, chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPostgres } from '@app/attachments';
import { AmqpConfig, amqpTransport } from '@app/messaging';
import { Client } from 'pg';
import { AppProcess } from '../support/app-process';
import { type Certificate, Certificates } from '../support/certificates';
import { freePorts } from '../support/free-ports';
import { isolatedPostgres, type PrivatePostgres } from '../support/postgres';
import { isolatedBroker, type PrivateBroker } from '../support/rabbitmq';
import { currentRun } from '../support/test-run';
import { until } from '../support/until';
import { startWorld } from '../support/world';

/** A real PostgreSQL and a real RabbitMQ that speak TLS: both by the name `localhost` alone, the broker to whoever shows a certificate. */
let ours: Certificates;
let strangers: Certificates;
let client: Certificate;
let postgres: PrivatePostgres;
let broker: PrivateBroker;
let tlsPort: number;
let managementPort: number;
beforeAll(async () => {
  const folder = join(currentRun().folder, 'certificates');
  ours = new Certificates(folder);
  strangers = new Certificates(join(folder, 'strangers'), 'stranger');
  const server = ours.signed('server', ['DNS:localhost']);
  client = ours.signed('client', []);
  [tlsPort = 0, managementPort = 0] = await freePorts(2);
  [postgres, broker] = await Promise.all([isolatedPostgres(), isolatedBroker(brokerSettings(ours.ca, server), ['rabbitmq_management'])]);
  await speakTls(postgres.url, server);
}, 180_000);
afterAll(async () => {
  await postgres.remove();
  await broker.remove();
});

const brokerSettings = (ca: string, { cert, key }: Certificate) => `
listeners.ssl.1 = 127.0.0.1:${tlsPort}
ssl_options.cacertfile = ${ca}
ssl_options.certfile = ${cert}
ssl_options.keyfile = ${key}
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
management.ssl.ip = 127.0.0.1
management.ssl.port = ${managementPort}
management.ssl.certfile = ${cert}
management.ssl.keyfile = ${key}
`;

/** Only over TLS, from here on; to the database `closed` only with a certificate. */
async function speakTls(url: string, { cert, key }: Certificate): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query('create database closed');
  const data = (await admin.query<{ data_directory: string }>('show data_directory')).rows[0]?.data_directory ?? '';
  const { uid, gid } = statSync(data);
  chownSync(key, uid, gid);
  chmodSync(key, 0o600);
  const settings = { ssl_cert_file: cert, ssl_key_file: key, ssl_ca_file: ours.ca, ssl: 'on' };
  for (const [name, value] of Object.entries(settings)) await admin.query(`alter system set ${name} = '${value}'`);
  writeFileSync(join(data, 'pg_hba.conf'), 'hostssl closed all samehost trust clientcert=verify-ca\nhostssl postgres all samehost trust\n');
  await admin.query('select pg_reload_conf()');
  await admin.end();
}

describe('PostgreSQL', () => {
  const open = async (host: string, query: string, more: Record<string, string> = {}, name = 'postgres') => {
    const url = `postgres://app@${host}:${postgres.port}/${name}${query}`;
    const database = await openPostgres({ DATABASE_URL: url, DATABASE_POOL_SIZE: 2, ...more });
    const rows = await database.source.query('select ssl, client_dn from pg_stat_ssl where pid = pg_backend_pid()');
    await database.close();
    return rows as unknown;
  };

  it.each(['', '?sslmode=verify-full', '?sslmode=require'])('is reached over TLS by its name and its CA (mode: "%s")', async (query) => {
    expect(await open('localhost', query, { DATABASE_CA_FILE: ours.ca })).toEqual([{ ssl: true, client_dn: null }]);
  });

  it('is shown a certificate where it asks for one', async () => {
    const files = { DATABASE_CA_FILE: ours.ca, DATABASE_CERT_FILE: client.cert, DATABASE_KEY_FILE: client.key };

    expect(await open('localhost', '', files, 'closed')).toEqual([{ ssl: true, client_dn: '/CN=client' }]);
    await expect(open('localhost', '', { DATABASE_CA_FILE: ours.ca }, 'closed')).rejects.toThrow(/cannot be used \(.*certificate.*\)\.$/);
  });

  it.each([
    ['of another CA', 'localhost', '', () => strangers.ca, /certificate/],
    ['of a CA that only we know', 'localhost', '?sslmode=require', () => undefined, /certificate/],
    ['of another name', '127.0.0.1', '', () => ours.ca, /does not match certificate's altnames/],
  ])('is refused in a sentence when its certificate is %s', async (_, host, query, ca, why) => {
    const file = ca();
    const refused = open(host, query, file === undefined ? {} : { DATABASE_CA_FILE: file });

    await expect(refused).rejects.toThrow(/^DATABASE_URL: the database at postgres:\/\/app@\S+ cannot be used \(.+\)\.$/);
    await expect(refused).rejects.toThrow(why);
  });

  it('takes nobody without TLS', async () => {
    await expect(open('localhost', '')).rejects.toThrow(/cannot be used \(.*no encryption.*\)\.$/);
  });
});

describe('RabbitMQ', () => {
  const look = (host: string, more: Partial<AmqpConfig>) => {
    const config = Object.assign(new AmqpConfig(), { AMQP_URL: `amqps://guest:guest@${host}:${tlsPort}`, ...more });
    return amqpTransport(config).deadLetters().list(1);
  };
  const shown = () => ({ AMQP_CERT_FILE: client.cert, AMQP_KEY_FILE: client.key });

  it('is reached over TLS by its name and its CA, with a certificate of ours', async () => {
    expect(await look('localhost', { AMQP_CA_FILE: ours.ca, ...shown() })).toEqual([]);
  });

  it('is refused when its certificate is of another CA, or of another name, and refuses whoever shows none', async () => {
    await expect(look('localhost', { AMQP_CA_FILE: strangers.ca, ...shown() })).rejects.toThrow(/certificate/);
    await expect(look('localhost', shown())).rejects.toThrow(/certificate/);
    await expect(look('127.0.0.1', { AMQP_CA_FILE: ours.ca, ...shown() })).rejects.toThrow(/does not match certificate's altnames/);
    await expect(look('localhost', { AMQP_CA_FILE: ours.ca })).rejects.toThrow();
  });
});

describe('the management API of RabbitMQ', () => {
  const policies = (host: string) => {
    const AMQP_URL = `amqps://guest:guest@localhost:${tlsPort}`;
    const files = { AMQP_CA_FILE: ours.ca, AMQP_CERT_FILE: client.cert, AMQP_KEY_FILE: client.key };
    const AMQP_MANAGEMENT_URL = `https://${host}:${managementPort}`;
    return amqpTransport(Object.assign(new AmqpConfig(), { AMQP_URL, ...files, AMQP_MANAGEMENT_URL })).policies([]);
  };

  it('is asked over TLS by its name and our CA, and not told the password under another name', async () => {
    expect(await policies('localhost')).toEqual([]);
    await expect(policies('127.0.0.1')).rejects.toThrow(/does not match certificate's altnames/);
  });
});

describe('the apps', () => {
  it('a gateway over TLS to both is ready, and one whose broker is another says why', async () => {
    const plain = new URL(postgres.url);
    const world = await startWorld({ workers: 0, gateways: 0 });
    const environment = {
      ...world.environment,
      AMQP_URL: `amqps://guest:guest@localhost:${tlsPort}`,
      AMQP_CA_FILE: ours.ca,
      AMQP_CERT_FILE: client.cert,
      AMQP_KEY_FILE: client.key,
      DATABASE_URL: `postgres://app@localhost:${plain.port}/postgres?sslmode=verify-full`,
      DATABASE_CA_FILE: ours.ca,
    };

    const migration = AppProcess.spawn('admin', environment, ['db', 'migrate']);
    expect([await migration.exited, migration.output]).toEqual([0, expect.stringContaining('migrated ')]);
    const gateway = await AppProcess.start('gateway', environment);
    await until('it is wholly ready', async () => (await fetch(`${gateway.url}/readyz?strict`)).status === 200);
    expect(await gateway.end('SIGTERM')).toBe(0);

    const deceived = await AppProcess.start('gateway', { ...environment, AMQP_CA_FILE: strangers.ca });
    await until('it says why', () => /RabbitMQ at localhost:\d+ is away \(bells\), trying on: .*certificate/.test(deceived.output));
    expect((await fetch(`${deceived.url}/readyz?strict`)).status).toBe(503);
    expect(await deceived.end('SIGTERM')).toBe(0);
    await world.stop();
  }, 120_000);

  it('nothing starts that would leave this machine without TLS, unless it is told so', async () => {
    const worker = AppProcess.spawn('worker', {
      DATABASE_URL: 'postgres://app:hunter2@db.example.org/x',
      AMQP_URL: 'amqp://u:hunter2@rabbit.example.org',
    });

    expect(await worker.exited).toBe(1);
    expect(worker.output).toContain('DATABASE_URL leaves this machine without TLS');
    expect(worker.output).toContain('AMQP_URL leaves this machine without TLS');
    expect(worker.output).not.toContain('hunter2');
  }, 60_000);
});
