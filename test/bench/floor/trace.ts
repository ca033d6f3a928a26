import { existsSync, readFileSync } from 'node:fs';

/** What an app sent or got, in the order in which it began. Written by recorder.cjs. */
export type TraceEvent = { order: number } & (
  | { kind: 'query'; text: string; name: string | null; values: unknown[]; rows: unknown[]; count: number; session?: string }
  | { kind: 'publish'; exchange: string; key: string; body: string; properties: Record<string, unknown> }
  | { kind: 'delivery'; queue: string; window: number | null; noAck: boolean; body: string; properties: Record<string, unknown> }
  | { kind: 'ack' }
);
export type EventOf<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;

export function readTrace(file: string): TraceEvent[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  const events = lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as TraceEvent);
  return events.sort((a, b) => a.order - b.order);
}

/** Two cycles did the same if these are equal. */
export const shapeOf = (events: readonly TraceEvent[]): string =>
  events.map((event) => (event.kind === 'query' ? `${event.text} -> ${event.rows.length}` : event.kind)).join('\n');
