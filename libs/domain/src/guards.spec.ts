import { policyRefuses, type ServiceError } from './errors.js';
import {
  type AttachmentFacts,
  mayAttach,
  mayBeginDetaching,
  mayComplete,
  mayDeleteVolume,
  mayDetach,
  mayReserve,
  resentCreate,
  type Situation,
  type UnfinishedFacts,
} from './guards.js';

const row = (more: Partial<AttachmentFacts> = {}): AttachmentFacts => ({
  id: 'a1',
  instanceUuid: 'i1',
  attachStatus: 'reserved',
  digest: null,
  touched: false,
  mode: 'null',
  host: null,
  ...more,
});
const op = (more: Partial<UnfinishedFacts> = {}): UnfinishedFacts => ({
  id: 'o1',
  kind: 'attach',
  attachmentId: 'a1',
  digest: 'd1',
  host: 'h1',
  creates: false,
  instanceUuid: 'i1',
  requestId: 'req-1',
  globalRequestId: null,
  ...more,
});
const situation = (
  volume: Partial<Situation['volume']> = {},
  attachments: AttachmentFacts[] = [],
  unfinished: UnfinishedFacts[] = [],
): Situation => ({
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
    ...volume,
  },
  attachments,
  connections: [],
  unfinished,
});
const kindOf = (work: () => unknown): string => {
  try {
    work();
    return 'passes';
  } catch (error) {
    return (error as ServiceError).kind;
  }
};

describe('reserve', () => {
  const OTHERS = [
    'attaching',
    'detaching',
    'creating',
    'deleting',
    'maintenance',
    'uploading',
    'retyping',
    'extending',
    'backing-up',
    'error',
    'error_extending',
  ];
  it.each([
    ...['available', 'downloading'].map((status) => [status, false, 'reserved'] as const),
    ...['available', 'downloading', 'in-use'].map((status) => [status, true, 'reserved'] as const),
  ])('from %s (multiattach %s) makes the volume %s', (status, multiattach, becomes) => {
    expect(mayReserve(situation({ status, multiattach }), null)).toBe(becomes);
  });

  it.each([
    ...OTHERS.map((status) => [status, true] as const),
    ...[...OTHERS, 'in-use', 'reserved'].map((status) => [status, false] as const),
  ])('from %s (multiattach %s) is refused', (status, multiattach) => {
    expect(kindOf(() => mayReserve(situation({ status, multiattach }), null))).toBe('invalid');
  });

  it.each([
    [{ status: 'in-use', multiattach: true, bootable: true }, 'forbidden'],
    [{ status: 'in-use', multiattach: true, bootable: false }, 'passes'],
    [{ status: 'available', multiattach: true, bootable: true }, 'passes'],
    [{ status: 'error', multiattach: true, bootable: true }, 'invalid'],
  ])('of %j by somebody who may share none: %s', (volume, expected) => {
    const refuse = () => {
      throw policyRefuses('some rule');
    };

    expect(kindOf(() => mayReserve(situation(volume as Partial<Situation['volume']>), null, refuse))).toBe(expected);
  });

  it.each(['in-use', 'reserved'])('for an instance that already holds the volume leaves %s alone', (status) => {
    expect(mayReserve(situation({ status }, [row()]), 'i1')).toBe(status);
  });

  it.each([
    ['attaching', 'i1'],
    ['in-use', 'i2'],
    ['in-use', null],
  ])('of a volume that is %s for instance %s is refused', (status, instance) => {
    expect(kindOf(() => mayReserve(situation({ status }, [row({ instanceUuid: 'i1' })]), instance))).toBe('invalid');
  });
});

describe('attach', () => {
  it('of an unknown row is not found', () => expect(kindOf(() => mayAttach(situation(), 'a1', 'd1'))).toBe('notFound'));

  it('joins the attach in flight with an equal connector, even when the volume is in error', () => {
    expect(mayAttach(situation({ status: 'error' }, [row()], [op()]), 'a1', 'd1')).toEqual({ join: op() });
  });

  it.each([
    ['while another connector is being attached', situation({}, [row()], [op({ digest: 'd2' })]), 'conflict'],
    ['of a volume in error', situation({ status: 'error' }, [row()]), 'conflict'],
    ['while the row is being detached', situation({}, [row()], [op({ kind: 'detach' })]), 'notFound'],
    ['while the volume is being deleted', situation({}, [row()], [op({ kind: 'delete-volume', attachmentId: null })]), 'notFound'],
    ['beside a connected row', situation({}, [row(), row({ id: 'a2', digest: 'd2' })]), 'conflict'],
    [
      'beside a row that is being connected',
      situation({}, [row(), row({ id: 'a2' })], [op({ attachmentId: 'a2', digest: 'd2' })]),
      'conflict',
    ],
    ['with another connector, beside others, of a connected row', situation({}, [row({ digest: 'd9' }), row({ id: 'a2' })]), 'conflict'],
    ['with its own connector, beside others', situation({}, [row({ digest: 'd1' }), row({ id: 'a2' })]), 'passes'],
    [
      'beside a connected row of a multiattach volume',
      situation({ multiattach: true }, [row(), row({ id: 'a2', digest: 'd2' })]),
      'passes',
    ],
    ['beside a row that may have been left connected', situation({}, [row(), row({ id: 'a2', touched: true })]), 'conflict'],
    ['of a row that may have been left connected itself', situation({}, [row({ touched: true }), row({ id: 'a2' })]), 'passes'],
    ['beside a reserved row', situation({}, [row(), row({ id: 'a2' })]), 'passes'],
    ['of the only row with another connector', situation({}, [row({ digest: 'd9' })]), 'passes'],
    ['of a detaching volume', situation({ status: 'detaching' }, [row()]), 'passes'],
  ])('%s: %#', (_, seen, outcome) => {
    expect(kindOf(() => mayAttach(seen, 'a1', 'd1'))).toBe(outcome);
  });
});

describe('complete', () => {
  it.each([
    ['of a row', situation({}, [row()]), 'passes'],
    ['of a row of a volume in error', situation({ status: 'error' }, [row()]), 'passes'],
    ['of no row', situation(), 'notFound'],
    ['of a row that is being detached', situation({}, [row()], [op({ kind: 'detach' })]), 'notFound'],
    ['while the volume is being deleted', situation({}, [row()], [op({ kind: 'delete-volume', attachmentId: null })]), 'notFound'],
  ])('%s: %#', (_, seen, outcome) => expect(kindOf(() => mayComplete(seen, 'a1'))).toBe(outcome));

  it.each([
    ['waits behind its own attach', [op({ kind: 'attach' })], true],
    ['does not wait behind the attach of another row', [op({ kind: 'attach', attachmentId: 'a2' })], false],
    ['does not wait behind a settle', [op({ kind: 'settle', attachmentId: null })], false],
  ])('%s', (_, unfinished, waits) => expect(mayComplete(situation({}, [row()], unfinished), 'a1')).toEqual({ waits }));
});

describe('detach', () => {
  it.each([
    ['never touched', row(), { driver: false }],
    ['connected', row({ digest: 'd1', touched: true }), { driver: true }],
    ['reached by an attach that failed', row({ touched: true }), { driver: true }],
  ])('of a row that was %s asks a driver or not', (_, seen, entry) => expect(mayDetach(situation({}, [seen]), 'a1')).toEqual(entry));

  it('joins the detach in flight', () => {
    const inFlight = op({ kind: 'detach' });
    expect(mayDetach(situation({}, [row()], [inFlight]), 'a1')).toEqual({ join: inFlight });
  });
  it('of no row is not found', () => expect(kindOf(() => mayDetach(situation(), 'a1'))).toBe('notFound'));
});

describe('a create that is sent again', () => {
  const first = op({ creates: true, globalRequestId: 'req-g' });
  it.each([
    ['equal', 'i1', 'd1', 'req-g', first],
    ['of another instance', 'i2', 'd1', 'req-g', undefined],
    ['of another connector', 'i1', 'd2', 'req-g', undefined],
    ['of another request', 'i1', 'd1', 'req-h', undefined],
    ['without a global request id', 'i1', 'd1', null, undefined],
  ])('%s: %#', (_, instance, digest, request, joined) => {
    expect(resentCreate(situation({}, [], [first]), instance, digest, request)).toEqual(joined);
  });
});

describe('delete of a volume', () => {
  it.each([
    ['available', situation(), 'passes'],
    ['in error', situation({ status: 'error' }), 'passes'],
    ['reserved', situation({ status: 'reserved' }, [row()]), 'invalid'],
    ['attached', situation({ attachStatus: 'attached' }), 'invalid'],
    ['migrating', situation({ migrationStatus: 'migrating' }), 'invalid'],
    ['busy', situation({}, [], [op()]), 'invalid'],
    ['left to be settled', situation({}, [], [op({ kind: 'settle', attachmentId: null })]), 'passes'],
    ['with a connected row', situation({ status: 'error' }, [row({ digest: 'd1' })]), 'invalid'],
  ])('that is %s: %#', (_, seen, outcome) => expect(kindOf(() => mayDeleteVolume(seen))).toBe(outcome));
});

describe('begin detaching', () => {
  it.each([
    ['attached', situation({ status: 'in-use', attachStatus: 'attached' }), 'begin'],
    ['migrating', situation({ status: 'in-use', attachStatus: 'attached', migrationStatus: 'migrating' }), 'nothing'],
  ])('a volume that is %s: %#', (_, seen, entry) => expect(mayBeginDetaching(seen)).toBe(entry));

  it.each([
    ['available', situation()],
    ['in-use without being attached', situation({ status: 'in-use' })],
  ])('a volume that is %s is refused: %#', (_, seen) => expect(kindOf(() => mayBeginDetaching(seen))).toBe('invalid'));
});
