import { type EventOf, shapeOf, type TraceEvent } from './trace';

/** Where a value comes from, in a cycle that is done again with other ids. */
export type Source =
  | { from: 'constant'; value: unknown }
  /** Something that the cycle was given, or was answered by an earlier step, by the path to it. */
  | { from: 'known'; path: string; /** What it was in both cycles, where it was the same. */ always?: unknown }
  /** Text with ids in its holes. */
  | { from: 'text'; parts: string[]; holes: Source[] }
  | { from: 'members'; members: Record<string, Source> }
  /** A uuid that the service makes; the same one wherever it is met again. */
  | { from: 'fresh'; name: string };

export type Step =
  | { do: 'query'; text: string; name: string | null; values: Source[]; rows: number }
  | { do: 'publish'; exchange: string; key: Source; body: Source; properties: Source }
  /** The first step of a worker's program: what was delivered is known from here on. A later one, and a gateway's: a reply is waited for. */
  | { do: 'delivery' }
  | { do: 'ack' };

export interface Program {
  steps: Step[];
}

/** One cycle as it was seen, and what it was begun with. */
export interface Sample {
  given: Record<string, unknown>;
  events: readonly TraceEvent[];
}

/**
 * The program that two cycles were runs of: what was the same in both is constant, and whatever was not must come from somewhere.
 * @throws Error when the two did not do the same, or a value has no source that would do for both.
 */
export function programOf(one: Sample, other: Sample): Program {
  if (shapeOf(one.events) !== shapeOf(other.events)) throw new Error('the two cycles did not do the same');
  const sources = new Sources(one.given, other.given);
  return { steps: one.events.map((event, at) => stepOf(sources, at, event, other.events[at] as TraceEvent)) }; // of the same shape, so as many
}

function stepOf(sources: Sources, at: number, one: TraceEvent, other: TraceEvent): Step {
  switch (one.kind) {
    case 'query': {
      const { values, rows } = other as EventOf<'query'>;
      const step: Step = {
        do: 'query',
        text: one.text,
        name: one.name,
        values: one.values.map((value, i) => sources.of(value, values[i])),
        rows: one.rows.length,
      };
      sources.learn(`${at}`, one.rows, rows);
      return step;
    }
    case 'publish': {
      const { key, body, properties } = other as EventOf<'publish'>;
      return {
        do: 'publish',
        exchange: one.exchange,
        key: sources.of(one.key, key),
        body: sources.of(one.body, body),
        properties: sources.of(one.properties, properties),
      };
    }
    case 'delivery': {
      const { body, properties } = other as EventOf<'delivery'>;
      sources.learn(`${at}`, deliveredOf(one), deliveredOf({ body, properties }));
      return { do: 'delivery' };
    }
    case 'ack':
      return { do: 'ack' };
  }
}

/** What a message tells whoever it is delivered to. */
export const deliveredOf = ({ body, properties }: { body: string; properties: object }) => ({
  properties,
  body: body.startsWith('{') ? (JSON.parse(body) as unknown) : body,
});

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Sealed or random, or a time: any such value does as well as another. */
const ARBITRARY = /^(?:v\d+\..+|[0-9a-f]{16,}|\d{4}-\d\d-\d\dT.*)$/;
/** Words as short as that are met everywhere. */
const TELLING = 8;

class Sources {
  private readonly known: { path: string; one: unknown; other: unknown }[] = [];
  private readonly fresh = new Map<string, string>();

  constructor(one: Record<string, unknown>, other: Record<string, unknown>) {
    this.learn('given', one, other);
  }

  learn(path: string, one: unknown, other: unknown): void {
    const others = new Map(leavesOf(path, other));
    for (const [leaf, value] of leavesOf(path, one))
      if (others.has(leaf)) this.known.push({ path: leaf, one: value, other: others.get(leaf) });
  }

  of(one: unknown, other: unknown): Source {
    const differ = JSON.stringify(one) !== JSON.stringify(other);
    if (differ || (typeof one === 'string' && one.length >= TELLING)) {
      const known = this.known.find((candidate) => same(candidate.one, one) && same(candidate.other, other));
      if (known) return { from: 'known', path: known.path, ...(differ ? {} : { always: one }) };
    }
    if (!differ) return { from: 'constant', value: one };
    if (isObject(one) && isObject(other)) return this.ofMembers(one, other);
    if (typeof one === 'string' && typeof other === 'string') return this.ofText(one, other);
    throw new Error(`nothing explains ${JSON.stringify(one)} and ${JSON.stringify(other)}`);
  }

  private ofMembers(one: Record<string, unknown>, other: Record<string, unknown>): Source {
    return { from: 'members', members: Object.fromEntries(Object.keys(one).map((key) => [key, this.of(one[key], other[key])])) };
  }

  private ofText(one: string, other: string): Source {
    const ids = one.match(UUID) ?? [];
    const otherIds = other.match(UUID) ?? [];
    const parts = one.split(UUID);
    if (ids.length > 0 && parts.join('$') === other.split(UUID).join('$')) {
      return { from: 'text', parts, holes: ids.map((id, i) => this.ofId(id, otherIds[i] ?? '')) };
    }
    if (ARBITRARY.test(one) && ARBITRARY.test(other)) return { from: 'constant', value: one };
    throw new Error(`nothing explains ${JSON.stringify(one)} and ${JSON.stringify(other)}`);
  }

  private ofId(one: string, other: string): Source {
    const known = this.known.find((candidate) => candidate.one === one && candidate.other === other);
    if (known) return { from: 'known', path: known.path };
    if (one === other) return { from: 'constant', value: one };
    const name = this.fresh.get(one) ?? `id ${this.fresh.size}`;
    this.fresh.set(one, name);
    return { from: 'fresh', name };
  }
}

/** Every text and number in it by the path to it; JSON in a column is already taken apart. */
export function leavesOf(path: string, value: unknown): [string, unknown][] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'object') return Object.entries(value).flatMap(([key, item]) => leavesOf(`${path}/${key}`, item));
  return [[path, value]];
}

const same = (a: unknown, b: unknown): boolean => String(a) === String(b) && typeof a !== 'boolean';
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
