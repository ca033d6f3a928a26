import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFaults } from '@app/drivers';
import { type ChannelModel, connect } from 'amqplib';
import { AppProcess } from '../support/app-process';
import { postgresPrograms } from '../support/installed-programs';
import { until } from '../support/until';
import { aConnector, PROJECT_1, startWorld, type World } from '../support/world';
import { admin } from './admin-cli';

/**
 * Secrets of real attaches are looked for everywhere that they must not be: each is a canary. An attach has four: the credential that its driver
 * answers, what the host has told as its secret, and the tokens of the caller and of the service.
 */
const ATTACHES = 60;
/** Every so many attaches one fails in a driver that puts what it knows of the host into its error. */
const FAILS_EACH = 10;

let world: World;
let worker: AppProcess;
let gateway: AppProcess;
let deaf: AppProcess;
let broker: ChannelModel;
const canaries = new Set<string>();
/** Passwords of what the processes stand on, and the key that seals: settings have them, so an environment may. */
const ofProcesses = new Set<string>();
const rung: string[] = [];
const argv = new Set<string>();
const environments = new Set<string>();
const failures: string[] = [];
const attached: string[] = [];

const planted = (of: Set<string>): string => {
  const canary = `canary${randomBytes(12).toString('hex')}`;
  of.add(canary);
  return canary;
};

beforeAll(async () => {
  world = await startWorld({ workers: 0, gateways: 0 });
  ofProcesses.add(readFileSync(world.keyFile, 'utf8').trim());
  const settings = { ...world.environment, DATABASE_URL: withPassword(world.databaseUrl), LOG_LEVEL: 'debug' };
  worker = await AppProcess.start('worker', settings);
  gateway = await AppProcess.start('gateway', settings);
  // A broker that knows nobody by this password refuses it, again and again.
  deaf = await AppProcess.start('gateway', { ...settings, AMQP_URL: withPassword(world.amqpUrl) });
  await listenToTheQueue();
  const watch = setInterval(lookAtProcesses, 5);
  for (let i = 0; i < ATTACHES; i++) await attachAndDetach(i);
  clearInterval(watch);
}, 180_000);
afterAll(async () => {
  await broker.close();
  for (const app of [worker, gateway, deaf]) await app.end('SIGTERM');
  await world.stop();
});

/** The tests' database lets everybody in, whatever his password. */
function withPassword(url: string): string {
  const changed = new URL(url);
  changed.password = planted(ofProcesses);
  return changed.href;
}

interface Tokens {
  own: string;
  service: string;
}
/** Whatever stands among the roles is a part of the token, and of nothing else. */
const tokens = (): Tokens => ({
  own: `m1:${PROJECT_1}:member,${planted(canaries)}`,
  service: `nova:service:service,${planted(canaries)}`,
});

async function call(method: string, path: string, body?: unknown, { own, service } = tokens()): Promise<{ status: number; text: string }> {
  const response = await fetch(gateway.url + path, {
    method,
    headers: {
      'X-Auth-Token': own,
      'X-Service-Token': service,
      'OpenStack-API-Version': 'volume 3.44',
      'Content-Type': 'application/json',
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

async function attachAndDetach(i: number): Promise<void> {
  const all = tokens();
  const volume = (JSON.parse((await call('POST', '/v3/volumes', { volume: { size: 1 } }, all)).text) as { volume: { id: string } }).volume
    .id;
  await until('the volume is there', async () => (await world.volumeRow(volume)).status === 'available');
  const made = await call('POST', '/v3/attachments', { attachment: { volume_uuid: volume } }, all);
  const { id } = (JSON.parse(made.text) as { attachment: { id: string } }).attachment;
  const secret = planted(canaries);
  const connector = aConnector(`host-${i}`, { auth_password: secret, nested: [{ chap_secret: secret }] });
  const fails = i % FAILS_EACH === 0;
  writeFaults(world.faultsFile, fails ? { failOn: { initializeConnection: `no such login: ${secret}` } } : {});
  const connected = await call('PUT', `/v3/attachments/${id}`, { attachment: { connector } }, all);
  expect(connected.status).toBe(fails ? 500 : 200);
  if (fails) return void failures.push(connected.text);
  const { connection_info } = (JSON.parse(connected.text) as { attachment: { connection_info: { auth_password: string } } }).attachment;
  canaries.add(connection_info.auth_password);
  if (i % 2 === 0) await call('DELETE', `/v3/attachments/${id}`, undefined, all);
  else attached.push(id);
}

async function listenToTheQueue(): Promise<void> {
  broker = await connect(world.amqpUrl);
  const channel = await broker.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (const key of [world.backend, 'bookkeeping', 'mooring.bookkeeping']) await channel.bindQueue(queue, 'mooring.commands', key);
  await channel.consume(queue, (message) => message && rung.push(JSON.stringify(message.properties) + message.content.toString()), {
    noAck: true,
  });
}

function lookAtProcesses(): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      argv.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      environments.add(readFileSync(`/proc/${pid}/environ`, 'utf8'));
    } catch {
      // gone meanwhile, or not ours to read
    }
  }
}

const hits = (text: string, ...more: Set<string>[]): string[] =>
  [canaries, ...more].flatMap((of) => [...of]).filter((canary) => text.includes(canary));

it('there are canaries, and the places where they are looked for are not empty', () => {
  expect(canaries.size + ofProcesses.size).toBeGreaterThanOrEqual(200);
  expect(attached.length).toBeGreaterThan(10);
  expect(failures.length).toBe(ATTACHES / FAILS_EACH);
  expect(rung.length).toBeGreaterThanOrEqual(ATTACHES);
  expect(worker.output).toContain('attach');
  expect(argv.size).toBeGreaterThan(0);
  expect(environments.size).toBeGreaterThan(0);
});

it('none is on the queue', () => expect(hits(rung.join('\n'), ofProcesses)).toEqual([]));

it('none is in a log, neither of those who could not log in at the broker', async () => {
  await until('the broker has refused somebody', () => /ACCESS_REFUSED|403/.test(deaf.output), 20_000);

  expect(worker.output).toContain('no such login: ***');
  expect(hits(worker.output + gateway.output + deaf.output, ofProcesses)).toEqual([]);
});

it('none is in an argument of a process, and none of an attach in an environment', () => {
  expect(hits([...argv].join('\n'), ofProcesses)).toEqual([]);
  expect(hits([...environments].join('\n'))).toEqual([]);
});

it('none is in the ledger', () => expect(hits(readFileSync(world.ledgerPath, 'utf8'), ofProcesses)).toEqual([]));

it('none is in a dump of the database', async () => {
  const program = join(postgresPrograms() ?? '', 'pg_dump');
  const { stdout } = await promisify(execFile)(program, ['--inserts', world.databaseUrl], { maxBuffer: 2 ** 28 });

  for (const id of attached) expect(stdout).toContain(id);
  expect(hits(stdout, ofProcesses)).toEqual([]);
});

it('none is in the words of a failure', () => {
  for (const text of failures) expect(text).toContain('no such login: ***');
  expect(hits(failures.join('\n'))).toEqual([]);
});

it('none is in an answer that needs none: lists, volumes, errors, deletes, others’ attachments', async () => {
  const paths = ['/v3/attachments', '/v3/volumes/detail', '/v3/attachments/unknown', '/v3/volumes/summary', '/v3/limits', '/v3/nothing'];
  const answers = await Promise.all(paths.map((path) => call('GET', path)));
  const of = (id: string) => `/v3/attachments/${id}`;
  const [first = ''] = attached;
  const stranger = await call('GET', of(first), undefined, { own: world.stranger, service: '' });
  const deleted = await call('DELETE', of(first));

  expect(hits((await call('GET', of(attached.at(-1) ?? ''))).text)).toHaveLength(1); // this one needs it
  expect([stranger.status, deleted.status]).toEqual([404, 200]);
  expect(hits([...answers, stranger, deleted].map(({ text }) => text).join('\n'), ofProcesses)).toEqual([]);
});

it('none is in what the command line prints', async () => {
  const [, id = ''] = attached;
  const commands = [['attachment', 'list'], ['attachment', 'show', id], ['operation', 'list'], ['stuck'], ['dead-letter', 'list']];
  for (const command of commands) {
    const { stdout, stderr } = await admin(world.environment, ...command);
    expect(stdout.length).toBeGreaterThan(0);
    expect(hits(stdout + stderr, ofProcesses)).toEqual([]);
  }
}, 60_000);

it('what is detached has emptied its sealed texts', async () => {
  const rows = await world.query('select connection_info, connector from attachments where deleted');
  const intents = await world.query(
    `select 1 from operations o join attachments a on a.id = o.attachment_id where a.deleted and o.intent is not null`,
  );

  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row).toEqual({ connection_info: null, connector: null });
  expect(intents).toEqual([]);
});
