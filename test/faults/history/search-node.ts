import { isOpen } from './answers';
import type { Call, EndOfVolume } from './history';
import { type VolumeState } from './model-state';

/** One volume's part of a history. */
export interface Part {
  volume: { id: string; multiattach: boolean };
  calls: readonly Call[];
  end: EndOfVolume;
}

/** How far each call is: nothing of it yet, the promise that it waits for, or that nobody hears more of it. */
export const NOT_YET = '';
export const DONE = 'done';

/** Which call moved, or which promise took effect, on the way to a node. */
export interface Trail {
  moved: number | string;
  from: Trail | null;
}

/**
 * The phases of all calls, of which few are neither the one nor the other: before `begun` all are done but those that are said here, from there
 * on there is nothing of any yet. What a step costs must not grow with the calls before it.
 */
export class Phases {
  constructor(
    readonly begun = 0,
    /** In the calls' order. */
    readonly undone: ReadonlyMap<number, string> = new Map(),
  ) {}

  of(i: number): string {
    return i < this.begun ? (this.undone.get(i) ?? DONE) : NOT_YET;
  }

  get done(): number {
    return this.begun - this.undone.size;
  }

  waitsFor(op: string): boolean {
    return [...this.undone.values()].includes(op);
  }

  with(i: number, phase: string): Phases {
    const undone = new Map(this.undone);
    for (let between = this.begun; between <= i; between++) undone.set(between, NOT_YET);
    if (phase === DONE) undone.delete(i);
    else undone.set(i, phase);
    return new Phases(Math.max(this.begun, i + 1), undone);
  }
}

/** Where a search stands: the rows and promises, the calls, and how it came there. */
export class Node {
  readonly state: VolumeState;
  private known: string | undefined;

  constructor(
    state: VolumeState,
    readonly phases: Phases,
    readonly trail: Trail | null,
  ) {
    // An ended promise that nobody waits for is history.
    const kept = state.ops.filter((op) => op.ended === null || phases.waitsFor(op.id));
    this.state = kept.length === state.ops.length ? state : { ...state, ops: kept };
  }

  moved(i: number, phase: string, state: VolumeState): Node {
    return new Node(state, this.phases.with(i, phase), { moved: i, from: this.trail });
  }

  tookEffect(op: string, state: VolumeState): Node {
    return new Node(state, this.phases, { moved: op, from: this.trail });
  }

  /** Equal for nodes from which the same can come. */
  get key(): string {
    return (this.known ??= this.keyed());
  }

  private keyed(): string {
    const { begun, undone } = this.phases;
    const { status, attachStatus, rows, ops } = this.state;
    return JSON.stringify([begun, [...undone], status, attachStatus, byId(rows), byId(ops)]);
  }
}

/** First step first. */
export function stepsOf(trail: Trail | null): (number | string)[] {
  const steps: (number | string)[] = [];
  for (let at = trail; at !== null; at = at.from) steps.push(at.moved);
  return steps.reverse();
}

const byId = <T extends { id: string }>(items: readonly T[]): T[] => [...items].sort((a, b) => (a.id < b.id ? -1 : 1));

/** The rows of the end, in one order. */
export const comparable = ({ status, attachStatus, attachments }: Omit<EndOfVolume, 'id'>): string =>
  JSON.stringify([status, attachStatus, byId(attachments).map(({ id, status, instance, host }) => [id, status, instance, host])]);

/** The model's rows as an end: what nobody was told of has the name that the rows gave it. */
export const endOf = ({ status, attachStatus, rows }: VolumeState): string => comparable({ status, attachStatus, attachments: [...rows] });

/** Ids that somebody met, but whose making nobody was told of. */
export function strangersOf({ calls, end }: Part): string[] {
  const met = calls.flatMap((call) => [call.attachment, call.told.attachmentId, ...(call.told.remaining ?? [])]);
  const made = new Set(calls.filter(makes).map((call) => call.told.attachmentId ?? call.attachment));
  const all = [...met, ...end.attachments.map(({ id }) => id)].filter((id) => typeof id === 'string');
  return [...new Set(all)].filter((id) => !made.has(id));
}

export const makes = ({ verb }: Call): boolean => verb === 'reserve' || verb === 'create';

export const wordsOf = (call: Call): string =>
  [
    `${call.request} of ${call.client}:`,
    call.verb,
    call.attachment ?? call.told.attachmentId ?? '',
    call.host ?? '',
    `[${call.invokedAt}, ${isOpen(call) ? 'open' : call.answeredAt}]`,
    call.status ?? 'no answer',
    JSON.stringify(call.told),
  ].join(' ');
