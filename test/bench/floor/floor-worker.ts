// The worker's statements and messages and nothing else: no framework, no driver, no sealing.
import { type Channel, connect, type ConsumeMessage } from 'amqplib';
import type { Pool } from 'pg';
import { type FloorServers, poolOf, queryOn } from './floor';
import { type Hands, replay } from './replay';

process.once('message', (order: FloorServers) => void serve(order));

async function serve(order: FloorServers): Promise<void> {
  const { amqpUrl, floor } = order;
  const pool = poolOf(order, 'worker');
  // Replies on another connection than deliveries, as the service has it.
  const [taking, replying] = await Promise.all([connect(amqpUrl, { noDelay: true }), connect(amqpUrl, { noDelay: true })]);
  const [channel, replies] = await Promise.all([taking.createChannel(), replying.createChannel()]);
  if (floor.queue) {
    await channel.prefetch(floor.queue.prefetch);
    await channel.consume(floor.queue.name, (message) => {
      const program = message && floor.worker[String(message.properties.type)];
      if (program) void replay(program, {}, handsOf({ pool, channel, replies }, message));
    });
  }
  process.send?.('ready');
}

/** A fault is the end of it: the gateway's cycle would wait for ever. */
process.on('unhandledRejection', (fault) => {
  process.stderr.write(`the floor's worker: ${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exit(1);
});

function handsOf({ pool, channel, replies }: { pool: Pool; channel: Channel; replies: Channel }, message: ConsumeMessage): Hands {
  return {
    query: queryOn(pool),
    publish: (exchange, key, body, properties) => void replies.publish(exchange, key, Buffer.from(body), properties),
    delivery: async () => ({ body: message.content.toString('utf8'), properties: { ...message.properties } }),
    ack: () => channel.ack(message),
  };
}
