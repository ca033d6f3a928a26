import { programOf, type Sample } from './program';
import { type Hands, replay } from './replay';
import type { TraceEvent } from './trace';

const VOLUME_1 = '11111111-1111-4111-8111-111111111111';
const VOLUME_2 = '22222222-2222-4222-8222-222222222222';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const query = (order: number, text: string, values: unknown[], rows: unknown[]): TraceEvent => ({
  order,
  kind: 'query',
  text,
  name: null,
  values,
  rows,
  count: 1,
});
const publish = (order: number, operation: string, volume: string): TraceEvent => ({
  order,
  kind: 'publish',
  exchange: 'commands',
  key: 'host@backend',
  body: JSON.stringify({ operation_id: operation, volume_id: volume }),
  properties: { messageId: operation, persistent: true, headers: { 'x-request-id': `req-${operation.replaceAll(/[0-9]/g, '9')}` } },
});

/** A look at the volume, an operation with an id of the service's own under the revision that was seen, and the bell for it. */
const cycle = (volume: string, revision: string, operation: string): Sample => ({
  given: { volume },
  events: [
    query(1, 'look', [volume, 60_000], [{ id: volume, revision }]),
    query(2, 'promise', [revision, operation, `v1.sealed.${revision}`, `at ${volume}`], [{ operationId: operation }]),
    publish(3, operation, volume),
  ],
});

const ONE = cycle(VOLUME_1, '1001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaa1');
const OTHER = cycle(VOLUME_2, '2002', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbb2');

function hands(answers: unknown[][]): Hands & { sent: unknown[] } {
  const sent: unknown[] = [];
  return {
    sent,
    query: async (text, values) => (sent.push([text, values]), answers.shift() ?? []),
    publish: (exchange, key, body, properties) => void sent.push([exchange, key, JSON.parse(body), properties]),
    delivery: async () => ({ body: '{}', properties: {} }),
    ack: () => void sent.push('ack'),
  };
}

it('given two cycles, when a third is replayed, then it sends what the service would have sent for it', async () => {
  const operation = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';
  const third = hands([[{ id: 'volume 3', revision: '3003' }], [{ operationId: operation }]]);

  await replay(programOf(ONE, OTHER), { volume: 'volume 3' }, third);

  expect(third.sent).toEqual([
    ['look', ['volume 3', 60_000]],
    ['promise', ['3003', expect.stringMatching(UUID), 'v1.sealed.1001', 'at volume 3']],
    [
      'commands',
      'host@backend',
      { operation_id: operation, volume_id: 'volume 3' },
      { messageId: operation, persistent: true, headers: { 'x-request-id': expect.stringMatching(/^req-/) } },
    ],
  ]);
});

it('given an id of the service’s own, when it is met twice in a cycle, then it is the same, and another one in the next cycle', async () => {
  const twice = (id: string, volume: string): Sample => ({
    given: { volume },
    events: [query(1, 'a', [id], []), query(2, 'b', [`of ${id}`], [])],
  });
  const program = programOf(
    twice('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaa1', VOLUME_1),
    twice('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbb2', VOLUME_2),
  );
  const [first, second] = [hands([]), hands([])];

  await replay(program, {}, first);
  await replay(program, {}, second);

  const [[, [id]], [, [again]]] = first.sent as [[string, [string]], [string, [string]]];
  expect(again).toBe(`of ${id}`);
  expect(second.sent[0]).not.toEqual(first.sent[0]);
});

it.each([
  ['that did not do the same', { ...OTHER, events: OTHER.events.slice(1) }, 'did not do the same'],
  [
    'with a number that comes from nowhere',
    { ...OTHER, events: [query(1, 'look', [VOLUME_2, 60_001], [{ id: VOLUME_2, revision: '2002' }]), ...OTHER.events.slice(1)] },
    'nothing explains',
  ],
])('refuses two cycles %s', (_, other, message) => {
  expect(() => programOf(ONE, other)).toThrow(message);
});

it('refuses a floor whose statements find less than the service’s', async () => {
  await expect(replay(programOf(ONE, OTHER), { volume: 'v' }, hands([[]]))).rejects.toThrow('0 rows, not 1: look');
});
