import { randomUUID } from 'node:crypto';
import { writeFaults } from '@app/drivers';
import { AppProcess } from '../support/app-process';
import { Balancer, type Outcome } from '../support/balancer';
import { freePorts } from '../support/free-ports';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { FORM } from './form';

/** Every process of an installation is told to end and started again, one after the other, while callers go on as if nothing were. */
const ROUNDS = FORM.name === 'long' ? 5 : 1;
const CLIENTS = 16;
const EXITS_WITHIN_MS = 20_000;
const AS_IN_PRODUCTION = { LEASE_MS: 15_000, SWEEP_INTERVAL_MS: 1_000, BACKOFF_MS: 1_000, BACKOFF_LIMIT_MS: 60_000 };

let world: World;
const running = new Set<AppProcess>();
beforeAll(async () => (world = await startWorld({ workers: 0, times: AS_IN_PRODUCTION })), 120_000);
beforeEach(() => writeFaults(world.faultsFile, {}));
afterEach(async () => {
  writeFaults(world.faultsFile, {});
  for (const one of running) await one.end('SIGKILL');
  running.clear();
});
afterAll(() => world.stop());

async function start(app: string, settings: Record<string, string> = {}): Promise<AppProcess> {
  const started = await AppProcess.start(app, { ...world.environment, ...settings });
  running.add(started);
  return started;
}

/** How long it took to end, and with which code. */
async function ended(one: AppProcess): Promise<{ code: unknown; ms: number }> {
  const told = Date.now();
  const code = await one.end('SIGTERM');
  running.delete(one);
  return { code, ms: Date.now() - told };
}

/** One instance's life as compute leads it, over and over; whatever is not as it should be is kept. */
class Client {
  cycles = 0;
  readonly failures: (Outcome & { call: string; at: string })[] = [];

  constructor(
    private readonly balancer: Balancer,
    private readonly volume: string,
    private readonly host: string,
  ) {}

  async goOnUntil(over: () => boolean): Promise<void> {
    while (!over() && this.failures.length === 0) await this.cycle();
  }

  private async cycle(): Promise<void> {
    const reserve = { attachment: { volume_uuid: this.volume, instance_uuid: randomUUID() } };
    const made = await this.expect(200, 'POST', '/v3/attachments', reserve);
    if (made === null) return;
    const path = `/v3/attachments/${(JSON.parse(made) as { attachment: { id: string } }).attachment.id}`;
    await this.expect(200, 'PUT', path, { attachment: { connector: aConnector(this.host) } });
    await this.expect(204, 'POST', `${path}/action`, { 'os-complete': null });
    await this.expect(200, 'GET', path);
    await this.expect(200, 'DELETE', path);
    this.cycles++;
  }

  private async expect(status: number, method: string, path: string, body?: unknown): Promise<string | null> {
    const outcome = await this.balancer.request(method, path, body);
    if (outcome.status === status) return outcome.body;
    this.failures.push({ ...outcome, call: `${method} ${path}`, at: new Date().toISOString() });
    return null;
  }
}

it(`given a driver of 2 s and ${CLIENTS} callers, when every process is ended and started again ${ROUNDS} time(s), then no request fails`, async () => {
  writeFaults(world.faultsFile, { latencyMs: { initializeConnection: 2_000, terminateConnection: 2_000 } });
  const ports = (await freePorts(2)).map(String);
  const settings = ports.map((PORT) => ({ PORT }));
  const gateways = await Promise.all(settings.map((setting) => start('gateway', setting)));
  const workers = [await start('worker'), await start('worker')];
  const volumes = await Promise.all(Array.from({ length: CLIENTS }, () => availableVolume()));
  const balancer = new Balancer(
    gateways.map(({ url }) => url),
    { 'X-Auth-Token': world.member, 'OpenStack-API-Version': 'volume 3.44' },
  );
  const clients = volumes.map((volume, i) => new Client(balancer, volume, `host-${i}`));
  const done = () => clients.reduce((sum, { cycles }) => sum + cycles, 0);
  let over = false;
  const work = Promise.all(clients.map((client) => client.goOnUntil(() => over)));
  const goesOn = async () => {
    const before = done();
    const failed = () => clients.some(({ failures }) => failures.length > 0);
    await until('work goes on', () => done() >= before + CLIENTS / 2 || failed(), 60_000);
  };

  const exits: Record<string, { code: unknown; ms: number }> = {};
  await goesOn();
  for (let round = 1; round <= ROUNDS; round++) {
    for (const i of [0, 1]) {
      exits[`gateway ${i}, round ${round}`] = await ended(gateways[i] as AppProcess);
      gateways[i] = await start('gateway', settings[i]);
      balancer.putBack(gateways[i].url);
      await goesOn();
      exits[`worker ${i}, round ${round}`] = await ended(workers[i] as AppProcess);
      workers[i] = await start('worker');
      await goesOn();
    }
  }
  over = true;
  await work;
  balancer.close();

  process.stderr.write(`${done()} cycles, ${balancer.turnedAway} connections refused; exits: ${JSON.stringify(exits)}\n`);
  expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
  for (const exit of Object.values(exits)) {
    expect(exit.code).toBe(0);
    expect(exit.ms).toBeLessThan(EXITS_WITHIN_MS);
  }
  await world.settled();
  expect(world.ledger.overlaps).toEqual([]);
}, 900_000);

/** The API's own making of a volume needs a worker of this process, which would not be restarted. */
async function availableVolume(): Promise<string> {
  const made = await world.request('POST', '/v3/volumes', { volume: { size: 1 } });
  const id = made.body.volume.id as string;
  await until(`volume ${id} is available`, async () => (await world.volumeRow(id)).status === 'available', 60_000);
  return id;
}

const begun = (id: string) => world.ledger.entries.filter((entry) => entry.attachment === id && entry.phase === 'begin');
const put = (id: string) => world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });

it('given a driver that hangs, a worker ends within 20 s all the same, and another one has the attach at once', async () => {
  const first = await start('worker');
  const { id } = await world.reservedAttachment(await availableVolume());
  writeFaults(world.faultsFile, { hangOn: ['initializeConnection'] });
  const answer = put(id);
  await until('the driver hangs', () => begun(id).length === 1);
  await start('worker');

  const exit = await ended(first);
  await until('the other worker has it', () => begun(id).length === 2, 3_000);
  writeFaults(world.faultsFile, {});

  process.stderr.write(`worker with a hanging driver: exit ${JSON.stringify(exit)}\n`);
  expect(exit.code).toBe(0);
  expect(exit.ms).toBeLessThan(EXITS_WITHIN_MS);
  expect((await answer).status).toBe(200);
  await world.settled();
  expect(world.ledger.overlaps).toEqual([]);
}, 120_000);

it('given a driver that does not even let go, the worker ends within 20 s, and the lease keeps the next attempt away until it runs out', async () => {
  const first = await start('worker');
  const { id } = await world.reservedAttachment(await availableVolume());
  writeFaults(world.faultsFile, { hangOn: ['initializeConnection'], hangDeaf: true });
  const answer = put(id);
  await until('the driver hangs', () => begun(id).length === 1);
  await start('worker');

  const exit = await ended(first);
  const [operation] = await world.unfinished();
  writeFaults(world.faultsFile, {});

  process.stderr.write(`worker with a deaf driver: exit ${JSON.stringify(exit)}\n`);
  expect(exit).toMatchObject({ code: 0 });
  expect(exit.ms).toBeLessThan(EXITS_WITHIN_MS);
  expect(operation).toMatchObject({ state: 'running' });
  expect((await answer).status).toBe(200);
  await world.settled();
  expect(world.ledger.overlaps).toEqual([]);
}, 120_000);

it('given callers who wait for a driver that hangs, a gateway answers them with 504 and ends within 20 s; a repeat elsewhere succeeds', async () => {
  await start('worker');
  const gateway = await start('gateway');
  const { id } = await world.reservedAttachment(await availableVolume());
  writeFaults(world.faultsFile, { hangOn: ['initializeConnection'] });
  const balancer = new Balancer([gateway.url], { 'X-Auth-Token': world.member, 'OpenStack-API-Version': 'volume 3.44' });
  const answer = balancer.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });
  await until('the driver hangs', () => begun(id).length === 1);

  const exit = await ended(gateway);
  balancer.close();
  const repeat = put(id);
  writeFaults(world.faultsFile, {});

  process.stderr.write(`gateway with waiting callers: exit ${JSON.stringify(exit)}\n`);
  expect(exit.code).toBe(0);
  expect(exit.ms).toBeLessThan(EXITS_WITHIN_MS);
  expect(await answer).toMatchObject({ status: 504, error: null });
  expect((await repeat).status).toBe(200);
  await world.settled();
  expect(world.ledger.overlaps).toEqual([]);
}, 120_000);
