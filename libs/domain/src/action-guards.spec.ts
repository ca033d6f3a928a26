import { joinedDisconnect, mayConnect, mayExtend, meant, resetByAction, unreserved } from './action-guards.js';
import { policyRefuses } from './errors.js';
import type { ConnectionFacts, Situation, UnfinishedFacts } from './guards.js';

const connection = (more: Partial<ConnectionFacts> = {}): ConnectionFacts => ({
  operationId: 'c1',
  digest: 'd1',
  host: 'h1',
  ending: false,
  ...more,
});
const op = (kind: UnfinishedFacts['kind'], more: Partial<UnfinishedFacts> = {}): UnfinishedFacts => ({
  id: 'o1',
  kind,
  attachmentId: null,
  digest: 'd1',
  host: 'h1',
  creates: false,
  instanceUuid: null,
  requestId: 'req-1',
  globalRequestId: null,
  ...more,
});
const situation = (more: Partial<Omit<Situation, 'volume'>> & { volume?: Partial<Situation['volume']> } = {}): Situation => ({
  attachments: [],
  connections: [],
  unfinished: [],
  ...more,
  volume: {
    id: 'v1',
    projectId: 'p1',
    status: 'available',
    attachStatus: 'detached',
    migrationStatus: null,
    userId: 'u1',
    multiattach: false,
    bootable: false,
    backend: 'n@b',
    served: true,
    readonly: false,
    attachedMode: null,
    size: 1,
    revision: '1',
    ...more.volume,
  },
});
const EVERYTHING = { digest: null, host: '' };

describe('a connect', () => {
  it.each([
    ['begins where nothing is', situation(), { again: null }],
    ['takes over what is connected by the same connector', situation({ connections: [connection()] }), { again: connection() }],
    ['leaves what is ending alone', situation({ connections: [connection({ ending: true })] }), { again: null }],
    ['joins the one in flight', situation({ unfinished: [op('connect')] }), { join: op('connect') }],
    [
      'does not join one that a disconnect has overtaken',
      situation({ unfinished: [op('connect', { id: 'c1' })], connections: [connection({ ending: true })] }),
      { again: null },
    ],
    ['does not join another connector’s', situation({ unfinished: [op('connect', { digest: 'd2' })] }), { again: null }],
  ])('%s', (_, found, expected) => expect(mayConnect(found, 'd1')).toEqual(expected));

  it('is too late for a volume that is being deleted', () => {
    expect(() => mayConnect(situation({ unfinished: [op('delete-volume')] }), 'd1')).toThrow('Volume v1 could not be found.');
  });
});

describe('a disconnect', () => {
  it.each([
    ['of the same connector', { digest: 'd1', host: 'other' }, true],
    ['of the same host', { digest: 'd9', host: 'h1' }, true],
    ['of everything', EVERYTHING, true],
    ['of another host', { digest: 'd9', host: 'h2' }, false],
    ['without a host', { digest: 'd9', host: '' }, false],
  ])('%s', (_, which, expected) => {
    expect(meant(situation({ connections: [connection()] }), which)).toBe(expected);
    expect(meant(situation({ unfinished: [op('connect')] }), which)).toBe(expected);
  });

  it('joins the one in flight only where that one ends all that is meant', () => {
    const unfinished = [op('disconnect', { id: 'x' })];

    expect(joinedDisconnect(situation({ unfinished, connections: [connection({ ending: true })] }), EVERYTHING)?.id).toBe('x');
    expect(joinedDisconnect(situation({ unfinished, connections: [connection()] }), EVERYTHING)).toBeUndefined();
    expect(joinedDisconnect(situation({ unfinished: [...unfinished, op('connect')] }), EVERYTHING)).toBeUndefined();
    expect(joinedDisconnect(situation({ unfinished }), EVERYTHING)).toBeUndefined();
  });
});

it.each([
  ['attaching', 0, 'available'],
  ['attaching', 1, 'in-use'],
  ['available', 0, null],
  ['in-use', 1, null],
])('an unreserved volume that was %s with %d attachments', (status, count, expected) => {
  const row = { id: 'a', instanceUuid: null, attachStatus: 'reserved' as const, digest: null, touched: false, mode: null, host: null };
  expect(unreserved(situation({ volume: { status }, attachments: Array.from({ length: count }, () => row) }))).toBe(expected);
});

it.each([
  ['available', 2, false, null],
  ['in-use', 2, true, null],
  ['in-use', 2, false, "Invalid volume: Volume v1 status must be 'available' to extend, currently in-use."],
  ['error', 2, true, "Invalid volume: Volume v1 status must be 'available' to extend, currently error."],
  ['available', 1, true, 'Invalid input received: New size for extend must be greater than current size. (current: 1, extended: 1).'],
])('an extension of a volume that is %s to %d GiB, in use too: %s', (status, size, alsoAttached, refusal) => {
  const extend = () => mayExtend(situation({ volume: { status } }), size, alsoAttached ? () => undefined : null);
  if (refusal === null) expect(extend).not.toThrow();
  else expect(extend).toThrow(refusal);
});

it.each([
  ['available', null],
  ['in-use', "Policy doesn't allow some rule to be performed."],
])('somebody who may extend none in use extends one that is %s: %s', (status, refusal) => {
  const extend = () =>
    mayExtend(situation({ volume: { status } }), 2, () => {
      throw policyRefuses('some rule');
    });

  if (refusal === null) expect(extend).not.toThrow();
  else expect(extend).toThrow(refusal);
});

it('a volume without a place does not grow', () => {
  expect(() => mayExtend(situation({ volume: { backend: null } }), 2, null)).toThrow(
    'Invalid volume: Volume v1 has no place on any backend.',
  );
});

it('a reset without attachments is what was asked for, and nothing else', () => {
  const found = situation({ volume: { status: 'error', migrationStatus: 'error' } });
  const rest = { attachStatus: 'detached', detaches: false };

  expect(resetByAction(found, { status: 'available' })).toEqual({ ...rest, status: 'available', migrationStatus: 'error' });
  expect(resetByAction(found, { migrationStatus: null })).toEqual({ ...rest, status: 'error', migrationStatus: null });
});
