import type { Floor } from './floor';
import { type Hands, replay } from './replay';
import { roundTripsOf } from './round-trips';

const FLOOR: Floor = {
  gateway: {
    steps: [
      {
        do: 'query',
        text: 'select v.id from volumes v where v.updated_at > $2',
        name: 'a',
        values: [{ from: 'known', path: 'given/volume' }],
        rows: 2,
      },
      { do: 'query', text: 'with v as (update volumes set x = 1 returning *) select', name: 'b', values: [], rows: 1 },
      {
        do: 'publish',
        exchange: 'commands',
        key: { from: 'constant', value: 'backend' },
        body: { from: 'text', parts: ['{"volume_id":"', '","operation_id":"', '"}'], holes: [known('given/volume'), known('1/0/id')] },
        properties: { from: 'members', members: { messageId: known('1/0/id'), type: { ...known('1/0/command'), always: 'attach' } } },
      },
    ],
  },
  worker: {
    attach: {
      steps: [{ do: 'delivery' }, { do: 'query', text: 'update operations set x = 1', name: 'c', values: [], rows: 1 }, { do: 'ack' }],
    },
  },
  queue: { name: 'queue', prefetch: 7 },
  sessions: { gateway: '-c a=b', worker: '-c c=d' },
};

function known(path: string) {
  return { from: 'known', path } as const;
}

function hands(body: object): Hands & { sent: unknown[] } {
  const sent: unknown[] = [];
  return {
    sent,
    query: async (text, values) => (sent.push([text.split(' ')[0], ...values]), [{ made: '1' }]),
    publish: (exchange, key, text, properties) => void sent.push([exchange, key, JSON.parse(text), properties]),
    delivery: async () => ({ body: JSON.stringify(body), properties: {} }),
    ack: () => void sent.push('ack'),
  };
}

it('given a floor, when its round trips alone are made, then each statement is about one row, what writes still writes, and the messages are what they were', async () => {
  const { gateway, worker, queue, sessions } = roundTripsOf(FLOOR);
  const [asking, answering] = [hands({}), hands({ volume_id: 'v1' })];

  await replay(gateway, { volume: 'v1' }, asking);
  await replay(worker['attach'] ?? { steps: [] }, {}, answering);

  const [read, written, message] = asking.sent;
  expect([read, written]).toEqual([
    ['select', 'v1'],
    ['update', 'v1'],
  ]);
  const [, , body, properties] = message as [string, string, Record<string, string>, Record<string, string>];
  expect(message).toEqual([
    'commands',
    'backend',
    { volume_id: 'v1', operation_id: expect.any(String) },
    expect.objectContaining({ type: 'attach' }),
  ]);
  expect(properties['messageId']).toBe(body['operation_id']); // the same id wherever the service had the same
  expect(answering.sent).toEqual([['update', 'v1'], 'ack']);
  expect({ queue, sessions }).toEqual({ queue: FLOOR.queue, sessions: FLOOR.sessions });
});
