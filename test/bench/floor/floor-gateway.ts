// The gateway's statements and messages and nothing else: no HTTP, no framework, no validation, no sealing. It is its own load.
import { type Channel, connect, type ConsumeMessage } from 'amqplib';
import type { Pool } from 'pg';
import { type RunCycle, serveLoad } from '../closed-loop';
import type { ClientFacts } from '../workloads';
import { givenOf } from './given';
import { type FloorOrder, poolOf, queryOn } from './floor';
import { type Hands, replay } from './replay';

type Delivered = Awaited<ReturnType<Hands['delivery']>>;

serveLoad(async (order: FloorOrder) => {
  const { amqpUrl, floor, clients } = order;
  const pool = poolOf(order, 'gateway');
  const connection = await connect(amqpUrl, { noDelay: true });
  const replies = await Replies.on(await connection.createChannel());
  const runOf = (facts: ClientFacts): RunCycle => {
    return (timed) => timed('cycle', () => replay(floor.gateway, givenOf(facts), handsOf(pool, replies)));
  };
  return {
    clients: clients.map(runOf),
    end: async () => {
      await Promise.all([pool.end(), connection.close()]);
    },
  };
});

/** Finds for each reply the one who waits for it. */
class Replies {
  private readonly waiting = new Map<string, (message: Delivered) => void>();

  private constructor(readonly channel: Channel) {}

  static async on(channel: Channel): Promise<Replies> {
    const replies = new Replies(channel);
    await channel.consume('amq.rabbitmq.reply-to', (message) => message && replies.take(message), { noAck: true });
    return replies;
  }

  to(correlationId: string): Promise<Delivered> {
    return new Promise((resolve) => this.waiting.set(correlationId, resolve));
  }

  private take({ content, properties }: ConsumeMessage): void {
    const correlationId = String(properties.correlationId);
    this.waiting.get(correlationId)?.({ body: content.toString('utf8'), properties: { ...properties } });
    this.waiting.delete(correlationId);
  }
}

function handsOf(pool: Pool, replies: Replies): Hands {
  let reply: Promise<Delivered> | null = null;
  return {
    query: queryOn(pool),
    publish: (exchange, key, body, properties) => {
      reply = replies.to(String(properties.correlationId));
      replies.channel.publish(exchange, key, Buffer.from(body), properties);
    },
    delivery: async () => {
      if (!reply) throw new Error('a reply to nothing');
      return reply;
    },
    ack: () => undefined,
  };
}
