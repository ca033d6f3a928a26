import type { Channel, ConsumeMessage, Message } from 'amqplib';
import type { BellQueue } from '../topology.js';
import type { AmqpAddress } from './amqp.address.js';
import { AmqpLink } from './amqp.link.js';
import { type AmqpSession, within } from './amqp.session.js';
import { declareQueue } from './amqp.topology.js';

const CANCEL_TIMEOUT_MS = 2_000;

/** A message, and what may be done with it: nothing, without a fault, once its channel is gone and the broker has it back. */
export interface Taken {
  message: Message;
  ack(): void;
  reject(): void;
  giveBack(): void;
}

export interface IntakeSettings {
  address: AmqpAddress;
  queue: BellQueue;
  prefetch: number;
  take: (taken: Taken) => void;
}

/**
 * One queue, consumed for as long as it is open, whatever is lost meanwhile. It has a connection of its own: a queue that the broker cannot
 * serve (one that lost its majority answers nothing at all) must not keep a worker from its other queues.
 */
export class AmqpIntake {
  readonly link: AmqpLink;
  private consumer: { channel: Channel; tag: string } | null = null;
  private stopping = false;

  constructor(private readonly settings: IntakeSettings) {
    this.link = new AmqpLink(settings.address, settings.queue.name, (session) => this.consume(session));
  }

  /** Takes no more, and not again when the connection comes back. What was taken can still be acknowledged. */
  async stop(): Promise<void> {
    this.stopping = true;
    // Where the channel is gone, or the broker frozen, nothing is delivered either.
    await within(this.cancel(), CANCEL_TIMEOUT_MS).catch(() => undefined);
  }

  private async consume(session: AmqpSession): Promise<void> {
    const { queue, prefetch, take } = this.settings;
    const channel = await session.channel();
    await declareQueue(channel, queue);
    await channel.prefetch(prefetch);
    if (this.stopping) return;
    const onMessage = (message: ConsumeMessage | null) =>
      message ? take(takenFrom(channel, message)) : session.end(new Error('the broker cancelled the consumer'));
    const { consumerTag } = await channel.consume(queue.name, onMessage);
    this.consumer = { channel, tag: consumerTag };
    if (this.stopping) await this.cancel();
  }

  private async cancel(): Promise<void> {
    await this.consumer?.channel.cancel(this.consumer.tag);
  }
}

const takenFrom = (channel: Channel, message: Message): Taken => ({
  message,
  ack: () => quietly(() => channel.ack(message)),
  reject: () => quietly(() => channel.reject(message, false)),
  giveBack: () => quietly(() => channel.reject(message, true)),
});

/** amqplib throws on a channel that is gone. */
function quietly(settle: () => void): void {
  try {
    settle();
  } catch {
    return;
  }
}
