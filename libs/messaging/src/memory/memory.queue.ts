import { DELIVERY_LIMIT } from '../topology.js';
import type { WireMessage } from '../wire.js';

/** What lies in the queue: text, so that no object is ever shared between its two ends. */
interface Stored {
  readonly text: string;
  returns: number;
}

/** Why a message is put aside, in RabbitMQ's words. */
export type Burial = 'rejected' | 'delivery_limit';

export interface MemoryDelivery {
  readonly message: WireMessage;
  readonly redelivered: boolean;
  ack(): void;
  reject(): void;
  giveBack(): void;
}

interface Consumer {
  prefetch: number;
  take(delivery: MemoryDelivery): void;
  unsettled: Map<Stored, MemoryDelivery>;
}

export interface MemorySubscription {
  /** No delivery comes after it. */
  cancel(): void;
  /** Gives back, in their old order, what was taken and not settled. */
  letGo(): void;
}

/** First in, first out, shared by its consumers in turn; what comes back too often is dead. */
export class MemoryQueue {
  private readonly waiting: Stored[] = [];
  private consumers: Consumer[] = [];

  constructor(private readonly bury: (message: WireMessage, why: Burial) => void) {}

  push(text: string): void {
    this.waiting.push({ text, returns: 0 });
    this.pump();
  }

  consume(prefetch: number, take: (delivery: MemoryDelivery) => void): MemorySubscription {
    const consumer: Consumer = { prefetch, take, unsettled: new Map() };
    this.consumers.push(consumer);
    this.pump();
    const cancel = () => void (this.consumers = this.consumers.filter((other) => other !== consumer));
    return {
      cancel,
      letGo: () => {
        cancel();
        for (const delivery of [...consumer.unsettled.values()].reverse()) delivery.giveBack();
      },
    };
  }

  /** Never in the caller's own turn: a bell is as asynchronous here as on a wire. */
  private pump(): void {
    setImmediate(() => {
      for (let free = this.nextFree(); free && this.waiting.length > 0; free = this.nextFree()) this.deliver(free);
    });
  }

  /** The one that has waited longest goes to the end of the line. */
  private nextFree(): Consumer | undefined {
    const free = this.consumers.find(({ unsettled, prefetch }) => unsettled.size < prefetch);
    if (free) this.consumers = [...this.consumers.filter((other) => other !== free), free];
    return free;
  }

  private deliver(consumer: Consumer): void {
    const stored = this.waiting.shift();
    if (!stored) return;
    const message = JSON.parse(stored.text) as WireMessage;
    const settle = (then: () => void) => () => {
      if (!consumer.unsettled.delete(stored)) return;
      then();
      this.pump();
    };
    const delivery = {
      message,
      redelivered: stored.returns > 0,
      ack: settle(() => undefined),
      reject: settle(() => this.bury(message, 'rejected')),
      giveBack: settle(() => this.takeBack(stored, message)),
    };
    consumer.unsettled.set(stored, delivery);
    consumer.take(delivery);
  }

  private takeBack(stored: Stored, message: WireMessage): void {
    stored.returns += 1;
    if (stored.returns > DELIVERY_LIMIT) this.bury(message, 'delivery_limit');
    else this.waiting.unshift(stored);
  }
}
