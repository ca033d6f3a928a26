import {
  type ErrorKind,
  mayAttach,
  mayComplete,
  mayDetach,
  mayReserve,
  resentCreate,
  ServiceError,
  type Situation,
  TRANSITIONS,
} from '@app/domain';
import type { Call, Told, Verb } from './history';
import { type End, type Op, type Row, rowOf, situationsOf, type VolumeState, without, withOps, withRow } from './model-state';

/**
 * The attachments API as one client after the other would see it, for one volume: the product's own guards and its own table decide; what is
 * said here is when. A call has up to three moments: it is decided (`begin`), what it promised takes effect (`effectsOf`), and its caller is
 * answered from the rows as they stand (`lookAt`). Between the first and the second anything may come.
 */
export interface Answer extends Told {
  status: number;
}

/** Decided: answered at once, or waiting for a promise, its own or the one that it joined. */
export type Begun = { state: VolumeState; answer: Answer } | { state: VolumeState; waitsFor: string };

/** What a call brings along into the model: `id` names the row that it makes, `mayEnd` how its promise may end. */
export interface Request {
  call: Call;
  id: string;
  mayEnd: readonly End[];
}

/** Every way in which the call may be decided now. */
export const begin = (state: VolumeState, request: Request): Begun[] =>
  situationsOf(state).map((situation) => {
    try {
      return VERBS[request.call.verb](state, situation, request);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { state, answer: { status: STATUS[error.kind] ?? 500, message: error.message } };
    }
  });

const STATUS: Partial<Record<ErrorKind, number>> = { invalid: 400, notFound: 404, conflict: 409 };

const VERBS: Record<Verb, (state: VolumeState, situation: Situation, request: Request) => Begun> = {
  reserve: (state, situation, { call, id }) => {
    const made = reserved(state, situation, { call, id, reached: false });
    return { state: made, answer: seen(made, id) };
  },
  create: (state, situation, request) => {
    const { call, id } = request;
    const first = resentCreate(situation, call.instance, call.host ?? '', call.globalRequest ?? null);
    if (first) return joined(state, first.id, request);
    return promised(reserved(state, situation, { call, id, reached: true }), 'attach', request);
  },
  update: (state, situation, request) => {
    const entry = mayAttach(situation, request.id, request.call.host ?? '');
    if ('join' in entry) return joined(state, entry.join.id, request);
    const overtaken = withOps(state, ({ kind, attachment }) => kind === 'attach' && attachment === request.id, { current: false });
    return promised(withRow(overtaken, request.id, { reached: true }), 'attach', request);
  },
  complete: (state, situation, request) => {
    mayComplete(situation, request.id);
    return promised(state, 'complete', request);
  },
  delete: (state, situation, request) => {
    const entry = mayDetach(situation, request.id);
    if ('join' in entry) return joined(state, entry.join.id, request);
    const alone = superseded(state, request.id);
    if (entry.driver) return promised(alone, 'detach', request);
    const gone = without(alone, request.id);
    return { state: gone, answer: { status: 200, remaining: gone.rows.map(({ id }) => id) } };
  },
  show: (state, _, { id }) => ({ state, answer: seen(state, id) }),
};

/** What an unfinished promise may do next. */
export function effectsOf(state: VolumeState, op: Op): VolumeState[] {
  return op.mayEnd.flatMap((end) => {
    const after = op.ended === null ? EFFECTS[op.kind](state, op, end) : null;
    return after ? [withOps(after, ({ id }) => id === op.id, { ended: end })] : [];
  });
}

const EFFECTS: Record<Op['kind'], (state: VolumeState, op: Op, end: End) => VolumeState | null> = {
  attach: (state, { attachment, host, creates }, end) => {
    const { volume: status, volumeAttachStatus: attachStatus, attachment: row } = TRANSITIONS.attach;
    if (end === 'succeeded') return withRow({ ...state, status, attachStatus }, attachment, { status: row, host, reached: false });
    // It has failed only when its undo is confirmed, so nothing is left of it.
    if (end === 'failed') return creates ? without(state, attachment) : withRow(state, attachment, { reached: false });
    return null; // only a delete supersedes it, and then at once
  },
  /** It waits behind its own attachment's attach; once a delete is promised it may still have been in somebody's hands. */
  complete: (state, op, end) => {
    const stands = rowOf(state, op.attachment) !== undefined;
    if (end === 'superseded') return stands && op.current ? null : state;
    if (end === 'failed' || !stands || isOpen(state, op.behind)) return null;
    const { volume: status, volumeAttachStatus: attachStatus, attachment: row } = TRANSITIONS.complete;
    return withRow({ ...state, status, attachStatus }, op.attachment, { status: row });
  },
  detach: (state, { attachment }, end) => {
    if (end === 'succeeded') return without(state, attachment);
    return end === 'failed' ? state : null;
  },
};

/** What the caller of an ended promise is told now; null: it goes on. */
export function lookAt(state: VolumeState, op: Op): Answer | null {
  if (op.ended === null) return null;
  if (op.ended === 'superseded') return { status: op.kind === 'attach' && op.creates ? 500 : 404 };
  if (op.ended === 'failed') return { status: 500 };
  if (op.kind === 'complete') return { status: 204 };
  const others = state.rows.filter(({ id }) => id !== op.attachment);
  if (op.kind === 'detach') return { status: 200, remaining: others.map(({ id }) => id) };
  return op.current && rowOf(state, op.attachment) ? seen(state, op.attachment) : { status: 409 };
}

function reserved(
  state: VolumeState,
  situation: Situation,
  { call, id, reached }: { call: Call; id: string; reached: boolean },
): VolumeState {
  const status = mayReserve(situation, call.instance);
  const row: Row = { id, instance: call.instance, status: TRANSITIONS.reserve.attachment, host: null, reached };
  return { ...state, status, rows: [...state.rows, row] };
}

function promised(state: VolumeState, kind: Op['kind'], { call, id, mayEnd }: Request): Begun {
  const behind = state.ops.find((op) => op.kind === 'attach' && op.attachment === id && op.ended === null)?.id ?? null;
  const op: Op = {
    id: `${kind} of ${call.request}`,
    kind,
    attachment: id,
    instance: call.instance,
    host: kind === 'attach' ? call.host : null,
    creates: kind === 'attach' && call.verb === 'create',
    globalRequest: call.globalRequest ?? null,
    current: true,
    behind: kind === 'complete' ? behind : null,
    mayEnd,
    ended: null,
  };
  return { state: { ...state, ops: [...state.ops, op] }, waitsFor: op.id };
}

/** Whoever joins hears how it ended, so it can end only as all of them were told. */
function joined(state: VolumeState, id: string, { mayEnd }: Request): Begun {
  const before = state.ops.find((op) => op.id === id)?.mayEnd ?? [];
  return { state: withOps(state, (op) => op.id === id, { mayEnd: before.filter((end) => mayEnd.includes(end)) }), waitsFor: id };
}

/** From here on no attach of it can write anything, whoever works on it; a complete may just be in somebody's hands. */
function superseded(state: VolumeState, attachment: string): VolumeState {
  const attaches = withOps(state, (op) => op.kind === 'attach' && op.attachment === attachment && op.ended === null, {
    ended: 'superseded',
  });
  return withOps(attaches, (op) => op.attachment === attachment, { current: false });
}

const isOpen = ({ ops }: VolumeState, id: string | null) => ops.some((op) => op.id === id && op.ended === null);

function seen(state: VolumeState, id: string): Answer {
  const row = rowOf(state, id);
  return row
    ? { status: 200, attachmentId: row.id, attachmentStatus: row.status, instance: row.instance, host: row.host }
    : { status: 404 };
}
