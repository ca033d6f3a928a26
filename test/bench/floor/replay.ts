import { randomUUID } from 'node:crypto';
import { deliveredOf, leavesOf, type Program, type Source, type Step } from './program';

/** What a program is carried out with. */
export interface Hands {
  query(text: string, values: unknown[], name: string | null): Promise<unknown[]>;
  publish(exchange: string, key: string, body: string, properties: Record<string, unknown>): void;
  /** The next message that belongs to this cycle. */
  delivery(): Promise<{ body: string; properties: Record<string, unknown> }>;
  ack(): void;
}

/**
 * Does what the service did, with the ids of a new cycle.
 * @throws Error when a statement answers with another number of rows than it did for the service: then the floor is none.
 */
export async function replay({ steps }: Program, given: Record<string, unknown>, hands: Hands): Promise<void> {
  const memory = new Memory(given);
  for (const [at, step] of steps.entries()) await carryOut(step, `${at}`, memory, hands);
}

async function carryOut(step: Step, path: string, memory: Memory, hands: Hands): Promise<void> {
  switch (step.do) {
    case 'query': {
      const rows = await hands.query(
        step.text,
        step.values.map((source) => memory.valueOf(source)),
        step.name,
      );
      if (rows.length !== step.rows) throw new Error(`${rows.length} rows, not ${step.rows}: ${step.text.slice(0, 200)}`);
      return memory.learn(path, rows);
    }
    case 'publish': {
      const [key, body, properties] = [step.key, step.body, step.properties].map((source) => memory.valueOf(source));
      return hands.publish(step.exchange, String(key), String(body), properties as Record<string, unknown>);
    }
    case 'delivery':
      return memory.learn(path, deliveredOf(await hands.delivery()));
    case 'ack':
      return hands.ack();
  }
}

class Memory {
  private readonly known = new Map<string, unknown>();
  private readonly fresh = new Map<string, string>();

  constructor(given: Record<string, unknown>) {
    this.learn('given', given);
  }

  learn(path: string, value: unknown): void {
    for (const [leaf, found] of leavesOf(path, value)) this.known.set(leaf, found);
  }

  valueOf(source: Source): unknown {
    switch (source.from) {
      case 'constant':
        return source.value;
      case 'known':
        return this.knownAt(source.path);
      case 'fresh':
        return this.freshOf(source.name);
      case 'text':
        return source.parts.reduce((text, part, i) => `${text}${String(this.valueOf(source.holes[i - 1] as Source))}${part}`); // a hole between each two
      case 'members':
        return Object.fromEntries(Object.entries(source.members).map(([key, member]) => [key, this.valueOf(member)]));
    }
  }

  private knownAt(path: string): unknown {
    if (!this.known.has(path)) throw new Error(`nothing is known of ${path}`);
    return this.known.get(path);
  }

  private freshOf(name: string): string {
    const made = this.fresh.get(name) ?? randomUUID();
    this.fresh.set(name, made);
    return made;
  }
}
