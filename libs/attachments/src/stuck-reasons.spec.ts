import { explained } from './stuck-reasons.js';
import type { UnfinishedRow } from './stuck.statements.js';

const LEASE = '2026-11-24T10:00:15.000000';
const NEXT = '2026-11-24T10:01:00.000000';

const row: UnfinishedRow = {
  id: 'o1',
  kind: 'attach',
  state: 'pending',
  volumeId: 'v1',
  attachmentId: 'a1',
  instanceUuid: null,
  projectId: 'p1',
  backend: 'node1@nbd',
  host: 'compute-1',
  requestId: 'req-1',
  globalRequestId: null,
  createdAt: '2026-11-24T10:00:00.000000',
  ageSeconds: 61,
  attempts: 0,
  undoing: false,
  reasonClass: null,
  reasonText: null,
  superseded: false,
  owner: null,
  worker: null,
  workerAlive: false,
  leaseUntil: null,
  leased: false,
  nextAttemptAt: null,
  resting: false,
  servedBy: ['box:7'],
  servedLast: '2026-11-24T10:00:59.000000',
  behind: null,
  behindKind: null,
};
const running: Partial<UnfinishedRow> = {
  state: 'running',
  attempts: 2,
  owner: 'w1',
  worker: 'box:7',
  leaseUntil: LEASE,
  nextAttemptAt: NEXT,
};
const failed: Partial<UnfinishedRow> = { attempts: 3, reasonClass: 'backend', reasonText: 'the array is away', nextAttemptAt: NEXT };

it.each<[string, Partial<UnfinishedRow>, string, string]>([
  [
    'is at work',
    { ...running, leased: true, workerAlive: true },
    'worker box:7 is at work on it, attempt 2',
    `the result of that, or the end of the driver's time; its lease ends at ${LEASE}, and is renewed while the worker lives`,
  ],
  [
    'is being undone',
    { ...running, ...failed, leased: true, workerAlive: true, undoing: true },
    'worker box:7 is at its undo, attempt 3; the last failure was backend: the array is away',
    `the result of that, or the end of the driver's time; its lease ends at ${LEASE}, and is renewed while the worker lives`,
  ],
  [
    'has a worker that died a moment ago',
    { ...running, leased: true },
    'worker box:7 holds it and is no longer heard of',
    `its lease ends at ${LEASE}, then taken by the next sweep of box:7`,
  ],
  [
    'is carried out by a gateway',
    { ...running, leased: true, worker: null, backend: null },
    'it is held by w1, which is no worker: a gateway, or a worker that has ended',
    `its result; else its lease ends at ${LEASE} and taken by the next sweep of any worker`,
  ],
  [
    'has a worker whose lease has ended',
    running,
    `it was taken by worker box:7, and its lease ended at ${LEASE}`,
    'taken by the next sweep of box:7',
  ],
  [
    'has a worker whose lease has ended, and rests',
    { ...running, worker: null, resting: true, servedBy: [] },
    `it was taken by w1, which is gone, and its lease ended at ${LEASE}`,
    `from ${NEXT} on taken when a worker serves node1@nbd`,
  ],
  [
    'has a backend that nobody serves',
    { servedBy: [] },
    'no worker serves node1@nbd: one was last heard of at 2026-11-24T10:00:59.000000',
    'taken when a worker serves node1@nbd',
  ],
  [
    'has a backend that nobody is known to have served',
    { ...failed, servedBy: [], servedLast: null },
    'no worker serves node1@nbd: no worker that served it is known; the last failure was backend: the array is away',
    'taken when a worker serves node1@nbd',
  ],
  [
    'waits for the slot of its volume',
    { behind: 'o0', behindKind: 'detach' },
    'it waits behind detach o0 of the same volume',
    'taken when that has ended',
  ],
  [
    'waits for the attach of its attachment',
    { kind: 'complete', backend: null, servedBy: [], behind: 'o0', behindKind: 'attach' },
    'it waits behind attach o0 of the same attachment',
    'taken when that has ended',
  ],
  [
    'is superseded behind another',
    { behind: 'o0', behindKind: 'attach', superseded: true },
    'it waits behind attach o0 of the same volume',
    'taken when that has ended, and then ended: a delete came after it',
  ],
  [
    'rests between two attempts',
    { ...failed, resting: true },
    'attempt 3 has failed; the last failure was backend: the array is away',
    `attempt 4 at ${NEXT}`,
  ],
  [
    'rests between two attempts of its undo',
    { ...failed, resting: true, undoing: true, reasonText: null },
    'attempt 3 has failed and is being undone; the last failure was backend',
    `attempt 4 at ${NEXT}`,
  ],
  ['is due', {}, 'nobody has taken it yet', 'taken by the next sweep of box:7'],
  [
    'is due, and superseded',
    { superseded: true, attempts: 1 },
    'attempt 1 has failed and nobody has taken it since',
    'taken by the next sweep of box:7, and then ended: a delete came after it',
  ],
])('an operation that %s', (_, facts, why, next) => {
  expect(explained({ ...row, ...facts })).toEqual({ why, next });
});
