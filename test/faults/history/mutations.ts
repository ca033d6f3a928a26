import type { Call, History } from './history';
import { isOpen } from './answers';
import type { Draw } from './random-history';

/** One answer of a lawful history, or one of its rows at the end, made to say something else. Null: there is nothing to change in that way. */
export function mutated(history: History, draw: Draw): { history: History; what: string } | null {
  const [what, mutate] = MUTATIONS[draw(MUTATIONS.length)] ?? MUTATIONS[0];
  const copy = structuredClone(history);
  const calls = copy.calls.filter((call) => !isOpen(call));
  return mutate(copy, calls, draw) ? { history: copy, what } : null;
}

type Mutate = (history: History, calls: Call[], draw: Draw) => boolean;

const OTHERWISE: Partial<Record<number, number>> = { 200: 404, 204: 404, 400: 200, 404: 200, 409: 200 };

const ofOne =
  (suits: (call: Call) => boolean, change: (call: Call) => void): Mutate =>
  (_, calls, draw) => {
    const suitable = calls.filter(suits);
    const call = suitable[draw(Math.max(1, suitable.length))];
    if (call) change(call);
    return call !== undefined;
  };

const MUTATIONS: [[string, Mutate], ...[string, Mutate][]] = [
  [
    'another status',
    ofOne(
      ({ status }) => OTHERWISE[status ?? 0] !== undefined,
      (call) => (call.status = OTHERWISE[call.status ?? 0] ?? null),
    ),
  ],
  [
    'another host',
    ofOne(
      ({ told }) => typeof told.host === 'string',
      ({ told }) => (told.host = `${told.host}x`),
    ),
  ],
  [
    'another attachment status',
    ofOne(
      ({ told }) => told.attachmentStatus !== undefined,
      ({ told }) => (told.attachmentStatus = told.attachmentStatus === 'reserved' ? 'attached' : 'reserved'),
    ),
  ],
  [
    'one more that remains',
    ofOne(
      ({ told }) => told.remaining !== undefined,
      ({ told }) => told.remaining?.push('nobody'),
    ),
  ],
  [
    'one fewer that remains',
    ofOne(
      ({ told }) => (told.remaining?.length ?? 0) > 0,
      ({ told }) => told.remaining?.pop(),
    ),
  ],
  [
    'another status of the volume at the end',
    ({ end: [end] }) => end !== undefined && Boolean((end.status = end.status === 'available' ? 'reserved' : 'available')),
  ],
  ['a row less at the end', ({ end: [end] }) => end?.attachments.pop() !== undefined],
  [
    'another host at the end',
    ({ end: [end] }) => {
      const row = end?.attachments.find(({ host }) => host !== null);
      if (row) row.host = 'nowhere';
      return row !== undefined;
    },
  ],
];
