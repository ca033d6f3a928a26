import { until } from '../support/until';
import { checkHistory, explained } from './history/checker';
import type { EndOfAttachment, EndOfVolume, History } from './history/history';
import type { Stage } from './planted-bugs.stage';

/** Who noticed: the checker of histories, the backend's ledger, the rows, or a caller. */
export type Witness = 'checker' | 'ledger' | 'rows' | 'caller';
export interface Finding {
  by: Witness;
  what: string;
}

/** Everything that is wrong once all has come to rest, or should have. */
export async function findingsOf(stage: Stage, restsWithinMs: number): Promise<Finding[]> {
  const unfinished = await restless(stage, restsWithinMs);
  const verdict = checkHistory(await historyOf(stage));
  return [
    ...unfinished,
    ...(verdict.ok ? [] : [{ by: 'checker' as const, what: explained(verdict) }]),
    ...(await differences(stage)),
    ...crowded(stage),
    ...(await refused(stage)),
    ...unexplained(stage),
  ];
}

async function restless(stage: Stage, withinMs: number): Promise<Finding[]> {
  try {
    await until('all is at rest', async () => (await stage.unfinished()).length === 0, withinMs);
    return [];
  } catch {
    const rows = await stage.unfinished();
    return rows.map(({ kind, state, attempts }) => ({
      by: 'rows',
      what: `${kind} is ${state} after ${attempts} attempts and ${withinMs} ms`,
    }));
  }
}

/** Ledger and rows name the same connections, both ways. */
async function differences({ world, ledger, volumes }: Stage): Promise<Finding[]> {
  const rows = await world.query(
    'select id, attached_host from attachments where not deleted and connector is not null and volume_id = any($1)',
    [volumes],
  );
  const named = rows.map(({ id, attached_host }) => `${id} of ${attached_host}`);
  const held = ledger.connections
    .filter(({ volume }) => volumes.includes(volume))
    .map(({ attachment, host }) => `${attachment} of ${host}`);
  return [
    ...held.filter((one) => !named.includes(one)).map((one) => ({ by: 'ledger' as const, what: `connected, and no row says so: ${one}` })),
    ...named
      .filter((one) => !held.includes(one))
      .map((one) => ({ by: 'ledger' as const, what: `a row says so, but it is not connected: ${one}` })),
  ];
}

/** One driver call at a time for one volume: of those who were stopped or killed nobody knows when theirs ended. */
function crowded({ ledger, disturbed, volumes }: Stage): Finding[] {
  return volumes.flatMap((volume) => {
    const calls = callsOf(ledger, volume).filter(({ pid }) => !disturbed.has(pid));
    const pairs = calls.flatMap((a, i) => calls.slice(i + 1).map((b) => [a, b] as const));
    const both = pairs.filter(([a, b]) => b.from < a.to).slice(0, 1);
    const fenced = ledger.entries.filter((entry) => entry.volume === volume && entry.phase === 'refused' && !disturbed.has(entry.pid));
    return [
      ...both.map((calls) => `two driver calls at a time: ${calls.map(({ words }) => words).join(', ')}`),
      ...fenced.map(({ method, number, pid }) => `${method} under ${number} by ${pid}, who lives, was fenced off`),
    ].map((what) => ({ by: 'ledger' as const, what }));
  });
}

/** A result is refused when somebody else has the claim, and that leaves a settle: among living workers nobody has. */
async function refused({ world, volumes, disturbed }: Stage): Promise<Finding[]> {
  if (disturbed.size > 0) return [];
  const settles = await world.query(`select id from operations where kind = 'settle' and volume_id = any($1)`, [volumes]);
  return settles.map(() => ({ by: 'rows', what: 'a claim was taken from a worker that lives, and its result refused' }));
}

/** By their places in the ledger. */
function callsOf({ entries }: Stage['ledger'], volume: string) {
  const lines = entries.map((entry, at) => ({ ...entry, at })).filter((entry) => entry.volume === volume);
  return lines
    .filter(({ phase }) => phase === 'begin')
    .map(({ pid, method, number, at }) => ({
      pid,
      from: at,
      to: lines.find((line) => line.at > at && line.pid === pid && line.method === method && line.number === number)?.at ?? Infinity,
      words: `${method} under ${number} by ${pid}`,
    }));
}

/** In none of the scenarios does the design let an answer of 500 or more stand; those in which a driver fails for good say so. */
const unexplained = ({ recorder, mayFail }: Stage): Finding[] =>
  recorder.calls
    .filter(({ status }) => status === null || (status >= 500 && !mayFail))
    .map(({ verb, status, told }) => ({ by: 'caller', what: `${verb} was told ${status ?? 'nothing'} ${told.message ?? ''}` }));

async function historyOf({ world, ledger, recorder, volumes }: Stage): Promise<History> {
  const hosts = new Map(ledger.entries.map(({ credential, host }) => [credential, host]));
  const calls = recorder.calls.map(({ credential, ...call }) => {
    const host = typeof credential === 'string' ? (hosts.get(credential) ?? 'unknown') : credential;
    return host === undefined ? call : { ...call, told: { ...call.told, host } };
  });
  const end = await Promise.all(volumes.map((id) => endOf(world, id)));
  return { seed: 0, volumes: volumes.map((id) => ({ id, multiattach: false })), calls, end };
}

async function endOf(world: Stage['world'], id: string): Promise<EndOfVolume> {
  const { status, attach_status: attachStatus } = await world.volumeRow(id);
  const attachments = await world.query(
    `select id, attach_status as status, instance_uuid as instance, case when connector is not null then attached_host end as host
     from attachments where volume_id = $1 and not deleted`,
    [id],
  );
  return { id, status, attachStatus, attachments: attachments as EndOfAttachment[] };
}
