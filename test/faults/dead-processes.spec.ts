import { writeFaults } from '@app/drivers';
import { OperationWaiter } from '../../apps/gateway/src/operations/operation.waiter';
import { AppProcess } from '../support/app-process';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';

/** Whoever dies, what was promised is carried out; the fake driver's ledger is the witness. */
let world: World;
const started: AppProcess[] = [];
beforeAll(async () => (world = await startWorld({ workers: 0 })), 120_000);
afterEach(async () => {
  for (const one of started.splice(0)) await one.end('SIGKILL');
  for (const worker of world.workers.splice(0)) await worker.stop();
  expect(world.ledger.overlaps).toEqual([]);
});
afterAll(() => world.stop());

async function start(app: string): Promise<AppProcess> {
  const process = await AppProcess.start(app, world.environment);
  started.push(process);
  return process;
}
const put = (id: string, host = 'tempest-1') =>
  world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector(host) } });
const doing = (method: string, phase: string) =>
  until(`${method} ${phase}`, () => world.ledger.entries.some((e) => e.method === method && e.phase === phase));

/** A reserved attachment whose driver call will hang in a worker that is a process of its own. */
async function hangingWorker(fault: 'hangOn' | 'hangAfter', method: 'initializeConnection' | 'terminateConnection') {
  writeFaults(world.faultsFile, {});
  const worker = await start('worker');
  const { id, volume } = method === 'initializeConnection' ? await world.reservedAttachment() : await world.attachedAttachment();
  writeFaults(world.faultsFile, { [fault]: [method] });
  return { worker, id, volume };
}

it.each([
  ['before', 'hangOn'],
  ['behind', 'hangAfter'],
] as const)(
  'given the worker is killed %s the effect of an attach, another one carries it out and the waiting caller gets his answer',
  async (_, fault) => {
    const { worker, id, volume } = await hangingWorker(fault, 'initializeConnection');
    const answer = put(id);
    await until('the driver is at work', () =>
      world.ledger.entries.some((e) => e.attachment === id && e.phase === (fault === 'hangOn' ? 'begin' : 'done')),
    );

    await worker.end('SIGKILL');
    await world.startWorker();

    expect(await answer).toMatchObject({ status: 200, body: { attachment: { status: 'attaching' } } });
    expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
    await world.settled();
  },
);

it('given the worker is killed behind the effect of a detach, the row goes all the same', async () => {
  const { worker, id, volume } = await hangingWorker('hangAfter', 'terminateConnection');
  const answer = world.request('DELETE', `/v3/attachments/${id}`);
  await doing('terminateConnection', 'done');

  await worker.end('SIGKILL');
  await world.startWorker();

  expect(await answer).toMatchObject({ status: 200, body: { attachments: [] } });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  await world.settled();
});

it('given the worker is frozen in the driver for three leases, its late call is refused and its late result changes nothing', async () => {
  const { worker, id } = await hangingWorker('hangOn', 'initializeConnection');
  const answer = put(id);
  await until('the driver is at work', () => world.ledger.entries.some((e) => e.attachment === id && e.phase === 'begin'));

  worker.child.kill('SIGSTOP');
  await world.startWorker();
  expect(await answer).toMatchObject({ status: 200 });
  const gone = await world.request('DELETE', `/v3/attachments/${id}`);
  writeFaults(world.faultsFile, {});
  worker.child.kill('SIGCONT');

  expect(gone.status).toBe(200);
  await until('the late worker was refused', () =>
    world.ledger.entries.some((e) => e.attachment === id && (e.phase === 'refused' || e.phase === 'failed')),
  );
  await world.settled();
  expect(world.ledger.connections).toEqual(expect.not.arrayContaining([expect.objectContaining({ attachment: id })]));
});

it('given the gateway is killed while its caller waits, a repeat at another gateway joins the attach in flight', async () => {
  await world.startWorker();
  const gateway = await start('gateway');
  const { id } = await world.reservedAttachment();
  world.driver.faults = { hangOn: ['initializeConnection'] };
  const waiting = fetch(`${gateway.url}/v3/attachments/${id}`, {
    method: 'PUT',
    headers: { 'X-Auth-Token': world.member, 'OpenStack-API-Version': 'volume 3.44', 'Content-Type': 'application/json' },
    body: JSON.stringify({ attachment: { connector: aConnector() } }),
  }).catch((error: unknown) => error);
  await until('the attach is in flight', async () =>
    (await world.unfinished()).some((op) => op.attachment_id === id && op.state === 'running'),
  );

  await gateway.end('SIGKILL');
  const repeat = put(id);
  await until('the repeat waits too', () => world.gateway.app.get(OperationWaiter).waiting() === 1);
  world.driver.faults = {};

  expect(await waiting).toMatchObject({ message: 'fetch failed' });
  expect(await repeat).toMatchObject({ status: 200 });
  expect(await world.query(`select 1 from operations where kind = 'attach' and attachment_id = $1`, [id])).toHaveLength(1);
  await world.settled();
});
