import { randomUUID } from 'node:crypto';
import { type DeadLetter, type DeadLetters, shownBody } from '../dead-letters.js';
import { type BellQueue, DEAD_LETTERS_KEPT } from '../topology.js';
import type { WireMessage } from '../wire.js';
import { type Burial, MemoryQueue } from './memory.queue.js';

/** The exchange, its queues and the dead letters, in one process and gone with it: the rows are the truth, and the sweeper makes up for lost bells. */
export class MemoryBroker implements DeadLetters {
  private readonly queues = new Map<string, MemoryQueue>();
  private readonly callers = new Map<string, (reply: WireMessage) => void>();
  private readonly dead: DeadLetter[] = [];

  /** As with RabbitMQ, a queue outlives the server that declared it and keeps its bells for the next. */
  declare({ name, key }: BellQueue): MemoryQueue {
    const queue = this.queues.get(key) ?? new MemoryQueue((message, why) => this.bury(name, message, why));
    this.queues.set(key, queue);
    return queue;
  }

  /** Where nobody declared a queue for the key the bell is lost, as on a direct exchange. */
  publish(routingKey: string, message: WireMessage): void {
    this.queues.get(routingKey)?.push(JSON.stringify(message));
  }

  /** An address for direct replies, until it is closed. */
  openReplies(onReply: (reply: WireMessage) => void): string {
    const address = `memory.reply-to.${randomUUID()}`;
    this.callers.set(address, onReply);
    return address;
  }

  closeReplies(address: string): void {
    this.callers.delete(address);
  }

  reply(address: string, message: WireMessage): void {
    const text = JSON.stringify(message);
    setImmediate(() => this.callers.get(address)?.(JSON.parse(text) as WireMessage));
  }

  async list(limit: number): Promise<DeadLetter[]> {
    return this.dead.slice(0, limit);
  }

  async show(id: string): Promise<DeadLetter | null> {
    return this.dead.find((letter) => letter.id === id) ?? null;
  }

  private bury(queue: string, message: WireMessage, reason: Burial): void {
    const { messageId, type, body, headers } = message;
    this.dead.push({ id: messageId ?? randomUUID(), queue, reason, time: new Date(), type: type ?? null, body: shownBody(body), headers });
    if (this.dead.length > DEAD_LETTERS_KEPT) this.dead.shift();
  }
}
