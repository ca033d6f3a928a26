import type { Channel } from 'amqplib';
import {
  type BellQueue,
  COMMANDS_EXCHANGE,
  DEAD_LETTER_EXCHANGE,
  DEAD_LETTER_QUEUE,
  DEAD_LETTERS_KEPT,
  DELIVERY_LIMIT,
} from '../topology.js';

const DEAD_LETTER_KEY = 'dead-letter';

/** Publishing to an exchange that is not there would end the channel. */
export async function declareExchange(channel: Channel): Promise<void> {
  await channel.assertExchange(COMMANDS_EXCHANGE, 'direct', { durable: true });
}

/** NOTE Arguments of a queue that exists cannot be changed: with others the broker refuses the declaration (406), here for ever. */
export async function declareQueue(channel: Channel, { name, key }: BellQueue): Promise<void> {
  await declareExchange(channel);
  await declareDeadLetters(channel);
  await assertBellQueue(channel, name);
  await channel.bindQueue(name, COMMANDS_EXCHANGE, key);
}

export const assertBellQueue = (channel: Channel, name: string) => channel.assertQueue(name, { durable: true, arguments: BELL_QUEUE });

/** At-least-once is what a quorum queue can do; it needs the overflow to be refused (RabbitMQ: quorum queues, dead lettering). */
const BELL_QUEUE = {
  'x-queue-type': 'quorum',
  'x-delivery-limit': DELIVERY_LIMIT,
  'x-dead-letter-exchange': DEAD_LETTER_EXCHANGE,
  'x-dead-letter-routing-key': DEAD_LETTER_KEY,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
};

/** Classic: an administrator who looks takes and gives back, which a quorum queue would count as deliveries until it drops the message. */
async function declareDeadLetters(channel: Channel): Promise<void> {
  await channel.assertExchange(DEAD_LETTER_EXCHANGE, 'direct', { durable: true });
  await channel.assertQueue(DEAD_LETTER_QUEUE, {
    durable: true,
    arguments: { 'x-queue-type': 'classic', 'x-max-length': DEAD_LETTERS_KEPT },
  });
  await channel.bindQueue(DEAD_LETTER_QUEUE, DEAD_LETTER_EXCHANGE, DEAD_LETTER_KEY);
}
