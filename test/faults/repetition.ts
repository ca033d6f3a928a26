import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Faults } from '@app/drivers';
import { currentRun } from '../support/test-run';
import { until } from '../support/until';
import { differences, twoHosts, unfinished, withoutNextAction } from './aftermath';
import { Compute, type Part, type Stage } from './compute';
import { FORM } from './form';
import { checkHistory, explained } from './history/checker';
import type { Installation } from './installation';
import { Random } from './random';
import { historyOf, keep, type Volume } from './recorded-history';
import { asAdmin, type Recorded, Recorder, request } from './recorder';
import type { Scenario } from './scenario';
import { LIMIT_MS, newVolume, wholeAgain } from './whole-again';

/** What came of one repetition of a scenario. */
export interface Outcome {
  calls: number;
  /** Answers of 500 and more, all of them explained unless there are violations. */
  errors: number;
  wholeAfterMs: number;
  notes: string[];
  violations: string[];
}

/** Clients are at it, the fault comes and goes, the clients go on for a while and stop; then everything is looked at. */
export async function repetition(scenario: Scenario, installation: Installation, seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const notes: string[] = [];
  const faults = driverOf(scenario.driverMs);
  installation.faults = faults;
  const armedBy = join(mkdtempSync(join(currentRun().folder, 'armed-')), 'armed');
  const fault = await scenario.prepare({ installation, random, faults, armedBy, note: (what) => notes.push(what) });

  const volumes = await volumesOf(installation);
  const stage = stageOf(installation);
  const clients = partsOf(volumes).map((part, n) => new Compute(stage, part, random.fork(n)).run());
  await pause(FORM.loadMs);
  const from = performance.now();
  try {
    await fault();
  } catch (error) {
    Object.assign(stage, { stopping: true, abandoned: true });
    stage.calmed();
    await Promise.all(clients);
    keepAll(scenario, installation, { seed, notes, violations: [String(error)], history: {} });
    throw error;
  }
  const to = performance.now();
  stage.calmed();
  const violations: string[] = [];
  const wholeAfterMs = await wholeAgain(installation, scenario.bells ?? false).catch((error: Error) => {
    violations.push(error.message);
    return Infinity;
  });
  violations.push(...(await withoutNextAction(installation)));
  await pause(FORM.loadMs);
  stage.stopping = true;
  await Promise.all(clients);

  violations.push(...(await unlessAtRest(installation)), ...(await differences(installation)));
  violations.push(...(await twoHosts(installation)));
  violations.push(...stage.complaints, ...unexplained(stage.recorder, (call) => scenario.explains(call, from, to)));
  const history = await historyOf(installation, seed, volumes, stage.recorder.calls);
  const verdict = checkHistory(history);
  if (!verdict.ok) violations.push(explained(verdict));
  if (violations.length > 0) keepAll(scenario, installation, { seed, notes, violations, history });
  const errors = stage.recorder.calls.filter(({ status }) => (status ?? 0) >= 500).length;
  return { calls: stage.recorder.calls.length, errors, wholeAfterMs, notes, violations };
}

const driverOf = (ms: number): Faults => ({ latencyMs: { initializeConnection: ms, terminateConnection: ms } });

const CROWDED_WITHIN_MS = 2_000;

/** Own volumes, shared ones, and shared multiattach ones: by how many clients each is worked on. */
const SHARES = { own: 12, shared: 4, sharedBy: 3, multiattach: 2, multiattachBy: 4 };

async function volumesOf(installation: Installation): Promise<Volume[]> {
  const [gateway = ''] = installation.gateways.map(({ url }) => url);
  await pause(1); // the checker may have held this process so long that a connection has ended that nobody has looked at
  const type = await multiattachType(gateway);
  const single = await Promise.all(Array.from({ length: SHARES.own + SHARES.shared }, () => newVolume(gateway, {})));
  const multi = await Promise.all(Array.from({ length: SHARES.multiattach }, () => newVolume(gateway, { type })));
  return [...single.map((id) => ({ id, multiattach: false })), ...multi.map((id) => ({ id, multiattach: true }))];
}

async function multiattachType(gateway: string): Promise<string> {
  const name = `multi-${Math.random().toString(36).slice(2)}`;
  const body = { volume_type: { name, extra_specs: { multiattach: '<is> True' } } };
  const made = await request(gateway, 'POST', '/v3/types', body, asAdmin);
  if (made.status !== 200) throw new Error(`no type: ${made.status} ${JSON.stringify(made.body)}`);
  return name;
}

/** Of three clients that share a volume the first two are the sides of a migration. */
function partsOf(volumes: readonly Volume[]): Part[] {
  const single = volumes.filter(({ multiattach }) => !multiattach);
  const multi = volumes.filter(({ multiattach }) => multiattach);
  const named = (part: Omit<Part, 'name'>, n: number): Part => ({ name: `client ${n}`, ...part });
  return [
    ...single.slice(0, SHARES.own).map(({ id }) => ({ volume: id })),
    ...single.slice(SHARES.own).flatMap(({ id }) => {
      const instance = crypto.randomUUID();
      return Array.from({ length: SHARES.sharedBy }, (_, n) => (n < 2 ? { volume: id, instance } : { volume: id }));
    }),
    ...multi.flatMap(({ id }) => Array.from({ length: SHARES.multiattachBy }, () => ({ volume: id }))),
  ].map(named);
}

function stageOf(installation: Installation): Stage & { calmed: () => void } {
  let calmed = () => {};
  const calm = new Promise<void>((resolve) => (calmed = resolve));
  const gateways = installation.gateways.map(({ url }) => url);
  return {
    recorder: new Recorder(),
    gateways,
    stopping: false,
    abandoned: false,
    calm,
    calmed: () => calmed(),
    owned: new Set(),
    complaints: [],
  };
}

/** In the end nothing is unfinished at all. */
async function unlessAtRest(installation: Installation): Promise<string[]> {
  try {
    await until('nothing is unfinished', async () => (await unfinished(installation)).length === 0, LIMIT_MS);
    return [];
  } catch {
    return (await unfinished(installation)).map(
      ({ id, kind, state, volume_id: volume }) => `${kind} ${id} of volume ${volume} stays ${state}`,
    );
  }
}

/** What is explained of 4xx the clients know, and the checker; of 5xx the scenario, and too many changes of one volume at once. */
function unexplained({ calls }: Recorder, isExplained: (call: Recorded) => boolean): string[] {
  return calls
    .filter((call) => (call.status ?? 0) >= 500 && !isExplained(call) && !isCrowded(call))
    .map(({ client, verb, status, told, request: id }) => `${client}: ${verb} was answered ${status} (${told.message}), ${id}`);
}

/** Five repeats were not enough (design §4): long before any wait limit, and nothing was promised. */
const isCrowded = ({ verb, status, invokedAt, answeredAt }: Recorded): boolean =>
  status === (verb === 'update' || verb === 'delete' ? 504 : 503) && (answeredAt ?? Infinity) - invokedAt < CROWDED_WITHIN_MS;

function keepAll(
  scenario: Scenario,
  installation: Installation,
  { history, ...about }: { history: object; seed: number; notes: string[]; violations: string[] },
): void {
  const name = `${scenario.name.replaceAll(' ', '-')}-${about.seed}`;
  const logs = installation.members.map((member) => [`${member.name.replace(' ', '-')}.log`, member.log] as const);
  const ledger = installation.ledger.entries.map((entry) => JSON.stringify(entry)).join('\n');
  const where = keep(name, {
    'history.json': JSON.stringify(history),
    'about.json': JSON.stringify(about, null, 2),
    'ledger.jsonl': ledger,
    ...Object.fromEntries(logs),
  });
  const spec = 'npm run test:faults -- test/faults/scenarios.spec.ts';
  about.violations.push(
    `kept in ${where}: judged again by FAULTS_HISTORY=${where}/history.json ${spec}`,
    `run again by FAULTS_FORM=${FORM.name} FAULTS_SEED=${about.seed} FAULTS_ONLY='${scenario.name}' ${spec}`,
  );
}
