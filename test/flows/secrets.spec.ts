import { readFileSync, readdirSync } from 'node:fs';
import { writeFaults } from '@app/drivers';
import { type ChannelModel, connect } from 'amqplib';
import { AppProcess } from '../support/app-process';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';

/** Secrets of real attaches are looked for everywhere that they must not be: each is a canary. */
const ATTACHES = 10;

let world: World;
let worker: AppProcess;
let gateway: AppProcess;
let broker: ChannelModel;
const canaries = new Set<string>();
const rung: string[] = [];
const argv = new Set<string>();

beforeAll(async () => {
  world = await startWorld({ workers: 0, gateways: 0 });
  writeFaults(world.faultsFile, { failOn: { initializeConnection: { message: 'refused', times: 3 } } });
  worker = await AppProcess.start('worker', { ...world.environment, LOG_LEVEL: 'debug' });
  gateway = await AppProcess.start('gateway', { ...world.environment, LOG_LEVEL: 'debug' });
  await listenToTheQueue();
  const watch = setInterval(lookAtProcesses, 5);
  for (let i = 0; i < ATTACHES + 3; i++) await attachAndDetach(i);
  clearInterval(watch);
}, 120_000);
afterAll(async () => {
  await broker.close();
  await worker.end('SIGTERM');
  await gateway.end('SIGTERM');
  await world.stop();
});

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const headers = { 'X-Auth-Token': world.member, 'OpenStack-API-Version': 'volume 3.44', 'Content-Type': 'application/json' };
  const response = await fetch(gateway.url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

async function attachAndDetach(i: number): Promise<void> {
  const volume = (JSON.parse((await call('POST', '/v3/volumes', { volume: { size: 1 } })).text) as { volume: { id: string } }).volume.id;
  await until('the volume is there', async () => (await world.volumeRow(volume)).status === 'available');
  const made = await call('POST', '/v3/attachments', { attachment: { volume_uuid: volume } });
  const { id } = (JSON.parse(made.text) as { attachment: { id: string } }).attachment;
  const connected = await call('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector(`host-${i}`) } });
  if (connected.status === 200) {
    const { connection_info } = (JSON.parse(connected.text) as { attachment: { connection_info: { auth_password: string } } }).attachment;
    canaries.add(connection_info.auth_password);
  } else {
    expect(connected.text).toContain('refused');
  }
  if (i % 2 === 0) await call('DELETE', `/v3/attachments/${id}`);
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
      argv.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8'));
    } catch {
      // gone meanwhile, or not ours to read
    }
  }
}

const hits = (text: string): string[] => [...canaries].filter((canary) => text.includes(canary));

it('there are canaries, and the places where they are looked for are not empty', () => {
  expect(canaries.size).toBe(ATTACHES);
  expect(rung.length).toBeGreaterThanOrEqual(ATTACHES);
  expect(worker.output).toContain('attach');
  expect(argv.size).toBeGreaterThan(0);
});

it('none is on the queue', () => expect(hits(rung.join('\n'))).toEqual([]));
it('none is in a log', () => expect(hits(worker.output + gateway.output)).toEqual([]));
it('none is in an argument or the environment of a process', () => expect(hits([...argv].join('\n'))).toEqual([]));
it('none is in the ledger', () => expect(hits(readFileSync(world.ledgerPath, 'utf8'))).toEqual([]));

it('none is in the database, whatever the table or column', async () => {
  const tables = await world.query(`select table_name as name from information_schema.tables where table_schema = 'public'`);
  const dump = await Promise.all(tables.map(({ name }) => world.query(`select * from "${name}"`)));

  expect(tables.length).toBeGreaterThanOrEqual(7);
  expect(hits(JSON.stringify(dump))).toEqual([]);
});

it('none is in an answer that needs none: lists, deletes, volumes, errors', async () => {
  const paths = ['/v3/attachments', '/v3/volumes/detail', '/v3/attachments/unknown'];
  const answers = await Promise.all(paths.map((path) => call('GET', path)));
  const [live] = (JSON.parse(answers[0]?.text ?? '') as { attachments: { id: string }[] }).attachments;
  const deleted = await call('DELETE', `/v3/attachments/${live?.id}`);

  expect(deleted.status).toBe(200);
  expect(hits(answers.map(({ text }) => text).join('\n') + deleted.text)).toEqual([]);
});

it('what is detached has emptied its sealed texts', async () => {
  const rows = await world.query('select connection_info, connector from attachments where deleted');
  const intents = await world.query(
    `select 1 from operations o join attachments a on a.id = o.attachment_id where a.deleted and o.intent is not null`,
  );

  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row).toEqual({ connection_info: null, connector: null });
  expect(intents).toEqual([]);
});
