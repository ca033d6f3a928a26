import type { Installation } from './installation';

/** What must hold of the rows and the backend, whatever has happened. Each says what is wrong; empty: nothing is. */

/** Longer than a sweep, an attempt's pause, or the way of a bell. */
const OVERDUE_MS = 5_000;

/** Unfinished, nobody works on it, its time has come a while ago, and nobody has taken it up though the volume was free all the while: stuck. */
export async function withoutNextAction(installation: Installation): Promise<string[]> {
  const rows = await installation.rows<{ id: string; kind: string; state: string }>(
    `select o.id, o.kind, o.state from operations o where o.state in ('pending', 'running')
       and clock_timestamp() > greatest(o.created_at, o.lease_until, o.next_attempt_at) + $1 * interval '1 ms'
       and not exists (select 1 from operations r where r.volume_id = o.volume_id and r.id <> o.id
         and (r.state = 'running' or r.revision < o.revision and r.state = 'pending'
           or r.finished_at > clock_timestamp() - $1 * interval '1 ms'))`,
    [OVERDUE_MS],
  );
  const noLease = await installation.rows<{ id: string; kind: string; state: string }>(
    `select id, kind, state from operations where state = 'running' and (lease_until is null or owner is null)`,
  );
  return [...rows, ...noLease].map(({ id, kind, state }) => `${kind} ${id} is ${state} and has no next action`);
}

export const unfinished = (installation: Installation) =>
  installation.rows<{ id: string; kind: string; state: string; volume_id: string }>(
    `select id, kind, state, volume_id from operations where state in ('pending', 'running') order by created_at`,
  );

interface Connected {
  id: string;
  volume_id: string;
  attached_host: string | null;
}

/** Connections and exports, both ways. */
export async function differences(installation: Installation): Promise<string[]> {
  const { ledger } = installation;
  const rows = await installation.rows<Connected>(
    `select id, volume_id, attached_host from attachments where not deleted and connector is not null`,
  );
  const exported = await installation.rows<{ id: string }>(`select id from volumes where not deleted and provider_location is not null`);
  return [
    ...compared(
      'connection',
      ledger.connections.map(({ volume, attachment, host }) => `${attachment} of ${volume} on ${host}`),
      rows.map((row) => `${row.id} of ${row.volume_id} on ${row.attached_host}`),
    ),
    ...compared(
      'export',
      ledger.exports,
      exported.map(({ id }) => id),
    ),
  ];
}

function compared(what: string, backend: readonly string[], rows: readonly string[]): string[] {
  return [
    ...backend.filter((item) => !rows.includes(item)).map((item) => `the backend has a ${what} that no row has: ${item}`),
    ...rows.filter((item) => !backend.includes(item)).map((item) => `the rows have a ${what} that the backend has not: ${item}`),
    ...backend.filter((item, i) => backend.indexOf(item) !== i).map((item) => `the backend has this ${what} twice: ${item}`),
  ];
}

/** Of all the time that the backend has been there. */
export async function twoHosts(installation: Installation): Promise<string[]> {
  const rows = await installation.rows<{ id: string }>('select id from volumes where multiattach');
  const multiattach = new Set(rows.map(({ id }) => id));
  return installation.ledger.overlaps
    .filter(({ volume }) => !multiattach.has(volume))
    .map(({ at, volume, hosts }) => `volume ${volume} was with ${hosts.join(' and ')} at ${at}`);
}
