import type { UnfinishedRow } from './stuck.statements.js';

/** What people ask of something that does not end. */
export interface Explanation {
  /** Why it has not ended. */
  why: string;
  /** What comes next, and when. All times are UTC. */
  next: string;
}

/** The first answer that fits: who has it, else who could take it, else what it waits behind, else what it waits for. */
export function explained(row: UnfinishedRow): Explanation {
  if (row.state === 'running') return row.leased ? held(row) : left(row);
  if (row.backend !== null && row.servedBy.length === 0) return unserved(row);
  if (row.behind !== null) return behind(row, row.behind);
  return row.resting ? resting(row) : due(row);
}

function held(row: UnfinishedRow): Explanation {
  const lease = `its lease ends at ${row.leaseUntil}`;
  if (row.worker === null)
    return {
      why: `it is held by ${row.owner}, which is no worker: a gateway, or a worker that has ended${lastly(row)}`,
      next: `its result; else ${lease} and ${taken(row)}`,
    };
  return row.workerAlive
    ? {
        why: `worker ${row.worker} is at ${row.undoing ? 'its undo' : 'work on it'}, attempt ${row.attempts}${lastly(row)}`,
        next: `the result of that, or the end of the driver's time; ${lease}, and is renewed while the worker lives`,
      }
    : { why: `worker ${row.worker} holds it and is no longer heard of${lastly(row)}`, next: `${lease}, then ${taken(row)}` };
}

/** Whoever had it is gone, or frozen: the first that looks takes it over. */
function left(row: UnfinishedRow): Explanation {
  const who = row.worker === null ? `${row.owner}, which is gone` : `worker ${row.worker}`;
  const why = `it was taken by ${who}, and its lease ended at ${row.leaseUntil}${lastly(row)}`;
  return { why, next: row.resting ? `from ${row.nextAttemptAt} on ${taken(row)}` : taken(row) };
}

function unserved(row: UnfinishedRow): Explanation {
  const last = row.servedLast === null ? 'no worker that served it is known' : `one was last heard of at ${row.servedLast}`;
  return { why: `no worker serves ${row.backend}: ${last}${lastly(row)}`, next: taken(row) };
}

function behind(row: UnfinishedRow, id: string): Explanation {
  const of = row.backend === null ? 'attachment' : 'volume';
  return {
    why: `it waits behind ${row.behindKind} ${id} of the same ${of}${lastly(row)}`,
    next: `taken when that has ended${row.superseded ? ', and then ended: a delete came after it' : ''}`,
  };
}

const resting = (row: UnfinishedRow): Explanation => ({
  why:
    row.attempts === 0
      ? 'it is not due yet'
      : `attempt ${row.attempts} has failed${row.undoing ? ' and is being undone' : ''}${lastly(row)}`,
  next: `attempt ${row.attempts + 1} at ${row.nextAttemptAt}`,
});

const due = (row: UnfinishedRow): Explanation => ({
  why: row.attempts === 0 ? 'nobody has taken it yet' : `attempt ${row.attempts} has failed and nobody has taken it since${lastly(row)}`,
  next: taken(row),
});

function taken({ backend, servedBy, superseded }: UnfinishedRow): string {
  const end = superseded ? ', and then ended: a delete came after it' : '';
  if (backend === null) return `taken by the next sweep of any worker${end}`;
  if (servedBy.length === 0) return `taken when a worker serves ${backend}${end}`;
  return `taken by the next sweep of ${servedBy.join(' or ')}${end}`;
}

/** What the attempt before said. */
function lastly({ reasonClass, reasonText }: UnfinishedRow): string {
  return reasonClass === null ? '' : `; the last failure was ${reasonClass}${reasonText === null ? '' : `: ${reasonText}`}`;
}
