import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection, DriverCall, VolumeRef } from '@app/domain';
import { FakeDriver } from './fake.driver.js';
import { writeFaults } from './fault-plan.js';
import { readLedger } from './ledger.js';

const folder = mkdtempSync(join(tmpdir(), 'mooring-fake-'));
const drivers: FakeDriver[] = [];
let ledger: string;
let last = 0n;
let files = 0;

beforeEach(() => {
  ledger = join(folder, `${++files}.jsonl`);
});
afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const volume: VolumeRef = { id: 'v1', name: 'volume-v1', sizeGib: 1, multiattach: true, providerLocation: null };
const aCall = (facts: Partial<DriverCall> = {}): DriverCall => ({
  number: ++last,
  deadline: new Date(Date.now() + 20_000),
  signal: new AbortController().signal,
  ...facts,
});
const aConnection = (host = 'compute-1'): Connection => ({
  attachmentId: `attachment-${host}`,
  connector: { host, initiator: 'iqn' },
  readOnly: false,
  credential: { id: `identity-${host}`, secret: 'f00d'.repeat(16) },
});
async function opened(options: ConstructorParameters<typeof FakeDriver>[0] = {}): Promise<FakeDriver> {
  const driver = new FakeDriver({ ledger, ...options });
  drivers.push(driver);
  await driver.open();
  await driver.createExport(volume, aCall());
  return driver;
}
const connectedHosts = () => readLedger(ledger).connections.map(({ host }) => host);

describe('faults', () => {
  it.each([
    ['a text', 'kaboom', { name: 'DriverError', kind: 'failed', outcome: 'unknown', message: 'kaboom' }, []],
    ['a kind', { message: 'off', kind: 'notReady', outcome: 'notDone' }, { kind: 'notReady', outcome: 'notDone' }, []],
    ['an outcome of done', { message: 'late', outcome: 'done' }, { outcome: 'done' }, ['compute-1']],
    ['a defect', { message: 'bug', raise: true }, { name: 'Error', message: 'bug' }, []],
  ] as const)('failOn with %s throws that, and leaves what it says', async (_what, failure, error, hosts) => {
    const driver = await opened();
    driver.faults = { failOn: { initializeConnection: failure } };

    await expect(driver.initializeConnection(volume, aConnection(), aCall())).rejects.toMatchObject(error);

    expect(connectedHosts()).toEqual(hosts);
  });

  it('failOn can fail a number of times', async () => {
    const driver = await opened({ failOn: { settle: { message: 'no', times: 2 } } });

    for (let count = 0; count < 2; count++) await expect(driver.settle(volume, [], aCall())).rejects.toThrow('no');
    await driver.settle(volume, [], aCall());
  });

  it('failOn validateConnector fails without asking the connector; without it, what must be there is named', async () => {
    const driver = await opened({ missing: ['initiator', 'wwpns'] });

    expect(() => driver.validateConnector({ host: 'h' })).toThrow("Connector doesn't have required information: initiator, wwpns");
    driver.faults = { failOn: { validateConnector: 'kaboom' } };
    expect(() => driver.validateConnector({ initiator: '', wwpns: [] })).toThrow('kaboom');
  });

  it('loseReplyOn does the effect and says that it may be so', async () => {
    const driver = await opened({ loseReplyOn: { initializeConnection: 1 } });
    const lost = driver.initializeConnection(volume, aConnection(), aCall());

    await expect(lost).rejects.toMatchObject({ kind: 'unavailable', outcome: 'unknown' });

    expect(connectedHosts()).toEqual(['compute-1']);
    await driver.initializeConnection(volume, aConnection(), aCall());
  });

  it.each([
    ['hangOn', []],
    ['hangAfter', ['compute-1']],
  ] as const)('%s hangs until the caller gives up', async (fault, hosts) => {
    const driver = await opened({ [fault]: ['initializeConnection'] });
    const caller = new AbortController();
    const hanging = driver.initializeConnection(volume, aConnection(), aCall({ signal: caller.signal }));
    const ended = jest.fn();
    hanging.catch(ended);
    await driver.createExport(volume, aCall({ number: last }));
    expect(ended).not.toHaveBeenCalled();

    caller.abort();

    await expect(hanging).rejects.toMatchObject({ kind: 'unavailable', outcome: 'unknown' });
    expect(connectedHosts()).toEqual(hosts);
  });

  it('a deaf hang ends with its fault, and is fenced when somebody else has been there meanwhile', async () => {
    const frozen = await opened({ hangOn: ['initializeConnection'], hangDeaf: true });
    const late = frozen.initializeConnection(volume, aConnection('compute-1'), aCall({ signal: AbortSignal.abort() }));
    const other = await opened();
    await other.initializeConnection(volume, aConnection('compute-2'), aCall());

    frozen.faults = {};

    await expect(late).rejects.toMatchObject({ kind: 'stale', outcome: 'notDone' });
    const { connections, overlaps, entries } = readLedger(ledger);
    expect(connections.map(({ host }) => host)).toEqual(['compute-2']);
    expect(overlaps).toEqual([]);
    expect(entries.at(-1)).toMatchObject({ method: 'initializeConnection', host: 'compute-1', phase: 'refused' });
  });

  it('waits as long as it is told to, and no longer than its caller', async () => {
    const driver = await opened({ latencyMs: { terminateConnection: 50, settle: 60_000 } });
    const before = Date.now();

    await driver.terminateConnection(volume, aConnection(), aCall());
    expect(Date.now() - before).toBeGreaterThanOrEqual(49);

    const settling = driver.settle(volume, [], aCall({ signal: AbortSignal.timeout(30) }));
    await expect(settling).rejects.toMatchObject({ kind: 'unavailable', outcome: 'notDone' });
  });

  it('reads its faults file before each call, and says what is wrong with it', async () => {
    const faultsFile = join(folder, 'faults.json');
    const driver = await opened({ faultsFile });

    writeFaults(faultsFile, { failOn: { settle: 'kaboom' } });
    await expect(driver.settle(volume, [], aCall())).rejects.toThrow('kaboom');
    writeFaults(faultsFile, {});
    await driver.settle(volume, [], aCall());
    writeFaults(faultsFile, { failOn: { attach: 'x' } } as object);
    await expect(driver.settle(volume, [], aCall())).rejects.toThrow(/faults\.json: options\.failOn is/);
  });
});

describe('the ledger', () => {
  it('is one backend for all who share it', async () => {
    const [one, other] = [await opened(), await opened()];
    await one.initializeConnection(volume, aConnection('compute-1'), aCall());
    await other.initializeConnection(volume, aConnection('compute-2'), aCall());

    expect(await one.terminateConnection(volume, aConnection('compute-2'), aCall())).toBe(true);
    expect(await other.terminateConnection(volume, aConnection('compute-1'), aCall())).toBe(false);

    expect(readLedger(ledger).overlaps).toEqual([{ at: expect.any(String), volume: 'v1', hosts: ['compute-1', 'compute-2'] }]);
  });

  it('says who did what when, and holds no secret', async () => {
    const driver = await opened();
    const connection = aConnection();

    await driver.initializeConnection(volume, connection, aCall());

    const [begin, done] = readLedger(ledger).entries.slice(-2);
    const facts = {
      pid: process.pid,
      volume: 'v1',
      attachment: 'attachment-compute-1',
      credential: 'identity-compute-1',
      host: 'compute-1',
    };
    expect(begin).toMatchObject({ ...facts, method: 'initializeConnection', number: String(last), phase: 'begin' });
    expect(done).toMatchObject({ ...facts, phase: 'done' });
    expect(JSON.stringify(readLedger(ledger))).not.toContain(connection.credential.secret);
  });

  it('is not spoilt by half a line of a killed writer', async () => {
    const driver = await opened();
    appendFileSync(ledger, '\n{"id":"x","at":"20');

    await driver.initializeConnection(volume, aConnection(), aCall());

    expect(connectedHosts()).toEqual(['compute-1']);
    expect(await driver.terminateConnection(volume, aConnection(), aCall())).toBe(false);
  });

  it('is empty before anybody wrote it', () => {
    expect(readLedger(join(folder, 'absent'))).toEqual({ entries: [], volumes: [], exports: [], connections: [], overlaps: [] });
  });

  it('a connection without an export is refused, as by a real target', async () => {
    const driver = await opened();
    await driver.settle(volume, [], aCall());

    await expect(driver.initializeConnection(volume, aConnection(), aCall())).rejects.toThrow('volume v1 has no export');
  });
});
