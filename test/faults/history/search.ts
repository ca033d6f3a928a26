import { ANY_END, changesNothing, endsOf, fits, isOpen } from './answers';
import type { Call } from './history';
import { begin, type Begun, effectsOf, lookAt } from './model';
import { newVolume, rowOf, type VolumeState } from './model-state';
import { comparable, DONE, endOf, makes, Node, NOT_YET, type Part, Phases, stepsOf, strangersOf, wordsOf } from './search-node';

/** `unknown`: not within the time given. `furthest`: the longest order that was found, and what it could not explain. */
export type Outcome = { found: true } | { found: false; furthest: string } | { found: 'unknown' };

const LOOK_AT_CLOCK_EVERY = 64;
/** How many of those that could not be explained are told. */
const SHOWN = 6;

/** A call, and what of it does not change while one searches. */
interface Known {
  call: Call;
  /** Nobody waits for it: it may be decided at any time, or never. */
  open: boolean;
  deadline: number;
}

/**
 * Looks for an order of moments, each within its call's time, in which the model gives every caller the answer that he had and ends in the
 * rows that were found (Wing and Gong; what was seen before is not looked at twice, as Lowe has it). Depth first, the next answer first.
 */
export class Search {
  private readonly calls: readonly Known[];
  /** Of each call and all behind it: the first deadline, and whether all are open. */
  private readonly from: { deadline: number; open: boolean }[];
  private readonly strangers: readonly string[];
  private readonly refused = new Set<string>();
  private readonly end: string;
  private readonly giveUpAt: number;
  private furthest: { done: number; node: Node };

  constructor(part: Part, limitMs: number) {
    const calls = [...part.calls].sort((a, b) => a.invokedAt - b.invokedAt);
    this.calls = calls.map((call) => ({ call, open: isOpen(call), deadline: isOpen(call) ? Infinity : (call.answeredAt ?? Infinity) }));
    this.from = fromEach(this.calls);
    this.strangers = strangersOf(part);
    this.end = comparable(part.end);
    this.giveUpAt = workedMs() + limitMs;
    this.furthest = { done: -1, node: new Node(newVolume(part.volume), new Phases(), null) };
  }

  run(): Outcome {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // the guards refuse by throwing, a thousand times a second
    try {
      const found = this.explore(this.furthest.node);
      if (found === null) return { found: 'unknown' };
      return found ? { found } : { found, furthest: this.words(this.furthest.node) };
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  /** Null: no time left. */
  private explore(from: Node): boolean | null {
    const node = this.withoutChoice(from);
    this.note(node);
    if (this.isEnd(node)) return true;
    if (this.refused.has(node.key)) return false;
    this.refused.add(node.key);
    if (this.refused.size % LOOK_AT_CLOCK_EVERY === 0 && workedMs() > this.giveUpAt) return null;
    for (const next of this.steps(node)) {
      const found = this.explore(next);
      if (found !== false) return found;
    }
    return false;
  }

  /** What changes nothing and gives a caller his answer is taken at once: nothing is lost by it. */
  private withoutChoice(from: Node): Node {
    const horizon = this.horizon(from);
    for (const i of this.ready(from, horizon)) {
      const next = this.answered(from, i, horizon);
      if (next) return this.withoutChoice(next);
    }
    return from;
  }

  private answered(node: Node, i: number, horizon: number): Node | null {
    const { call, open } = this.known(i);
    const phase = node.phases.of(i);
    if (open) return null;
    const op = node.state.ops.find(({ id }) => id === phase);
    const answer = op && lookAt(node.state, op);
    if (op) return answer && fits(answer, call) ? node.moved(i, DONE, node.state) : null;
    if (!changesNothing(call) || call.invokedAt > horizon) return null;
    return this.begins(node, i).find(({ phases, state }) => phases.of(i) === DONE && state === node.state) ?? null;
  }

  private *steps(node: Node): Generator<Node> {
    const { state } = node;
    for (const op of state.ops) for (const after of effectsOf(state, op)) yield node.tookEffect(op.id, after);
    for (const i of this.ready(node, this.horizon(node)).sort((a, b) => this.known(a).deadline - this.known(b).deadline))
      yield* this.begins(node, i);
  }

  /** Every way to decide the call now that does not give its caller another answer than he had. */
  private begins(node: Node, i: number): Node[] {
    const { call } = this.known(i);
    if (node.phases.of(i) !== NOT_YET) return this.abandons(node, i);
    const mayEnd = endsOf(call);
    return this.idsFor(call, node.state).flatMap((id) =>
      begin(node.state, { call, id, mayEnd }).flatMap((begun) => this.decided(node, i, begun)),
    );
  }

  private decided(node: Node, i: number, begun: Begun): Node[] {
    const { call, open } = this.known(i);
    const { state } = begun;
    // A refusal and a joined promise change nothing, and of an open call nobody hears.
    const changes = state.rows !== node.state.rows || state.ops.length !== node.state.ops.length;
    if (open && !changes) return [];
    if (open && !('waitsFor' in begun && call.verb === 'create')) return [node.moved(i, DONE, state)];
    if ('waitsFor' in begun) return [node.moved(i, begun.waitsFor, state)];
    return fits(begun.answer, call) ? [node.moved(i, DONE, state)] : [];
  }

  /** A create that was given up is taken back by the gateway: nobody can name its row. */
  private abandons(node: Node, i: number): Node[] {
    const { call, open } = this.known(i);
    const op = node.state.ops.find(({ id }) => id === node.phases.of(i));
    if (!open || !op) return [];
    const taken: Call = { ...call, verb: 'delete' };
    return begin(node.state, { call: taken, id: op.attachment, mayEnd: ANY_END }).flatMap(({ state }) =>
      state === node.state ? [] : [node.moved(i, DONE, state)],
    );
  }

  /** Whoever was answered before a call was made came before it. */
  private horizon({ phases }: Node): number {
    const untouched = this.from[phases.begun]?.deadline ?? Infinity;
    return Math.min(untouched, ...[...phases.undone.keys()].map((i) => this.known(i).deadline));
  }

  /** Those that are not done and were made in time, in their order. */
  private ready({ phases }: Node, horizon: number): number[] {
    const ready = [...phases.undone.keys()].filter((i) => this.known(i).call.invokedAt <= horizon);
    for (let i = phases.begun; i < this.calls.length && this.known(i).call.invokedAt <= horizon; i++) ready.push(i);
    return ready;
  }

  /** The attachment asked about; of a create, the id that was told, or, where none was, one that is met later or one that nobody ever meets. */
  private idsFor(call: Call, state: VolumeState): string[] {
    if (!makes(call)) return [call.attachment ?? ''];
    const id = call.told.attachmentId ?? call.attachment;
    if (id !== null) return rowOf(state, id) && call.globalRequest === undefined ? [] : [id];
    const possible = [...this.strangers, ...this.toldToRepeatsOf(call)];
    return [...possible.filter((one) => !rowOf(state, one)), `? ${call.request}`];
  }

  /** A create that is sent again may have been told the row that the first one made. */
  private toldToRepeatsOf({ globalRequest }: Call): string[] {
    if (globalRequest === undefined) return [];
    return this.calls.flatMap(({ call }) => (call.globalRequest === globalRequest ? (call.told.attachmentId ?? []) : []));
  }

  private isEnd({ state, phases }: Node): boolean {
    const everybodyAnswered = (this.from[phases.begun]?.open ?? true) && [...phases.undone.keys()].every((i) => this.known(i).open);
    return everybodyAnswered && state.ops.every(({ ended }) => ended !== null) && endOf(state) === this.end;
  }

  private note(node: Node): void {
    const { done } = node.phases;
    if (done > this.furthest.done) this.furthest = { done, node };
  }

  private words({ state, phases, trail }: Node): string {
    const order = stepsOf(trail).map((step) => (typeof step === 'string' ? `${step}: takes effect` : wordsOf(this.known(step).call)));
    const waiting = this.calls.filter(({ open }, i) => !open && phases.of(i) !== DONE).map(({ call }) => wordsOf(call));
    const model = `model: ${endOf(state)}, promises ${JSON.stringify(state.ops)}`;
    const stuck = waiting.length > 0 ? waiting.slice(0, SHOWN) : ['the rows at the end'];
    return ['explained:', ...order.map(indented), model, `rows at the end: ${this.end}`, 'not explained:', ...stuck.map(indented)].join(
      '\n',
    );
  }

  private known(i: number): Known {
    const known = this.calls[i];
    if (!known) throw new Error(`no call ${i}`);
    return known;
  }
}

function fromEach(calls: readonly Known[]): { deadline: number; open: boolean }[] {
  const from: { deadline: number; open: boolean }[] = [];
  calls.reduceRight(
    (behind, { deadline, open }, i) => (from[i] = { deadline: Math.min(deadline, behind.deadline), open: open && behind.open }),
    { deadline: Infinity, open: true },
  );
  return from;
}

const indented = (line: string) => `  ${line}`;

/** Of this process's own work: a busy machine must not turn a verdict into none. */
const workedMs = () => process.cpuUsage().user / 1000;
