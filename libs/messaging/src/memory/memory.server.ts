import { CommandServer } from '../command.server.js';
import { queuesOf } from '../topology.js';
import type { MemoryBroker } from './memory.broker.js';
import type { MemorySubscription } from './memory.queue.js';

export interface MemoryServerSettings {
  broker: MemoryBroker;
  prefetch: number;
  backends: readonly string[];
  drainMs: number;
}

/** Serves the queues of a broker in the same process. */
export class MemoryServer extends CommandServer {
  private subscriptions: MemorySubscription[] = [];

  constructor(private readonly settings: MemoryServerSettings) {
    super(settings.drainMs);
  }

  async ready(): Promise<void> {}

  unwrap<T>(): T {
    return this.settings.broker as T;
  }

  protected open(): void {
    const { broker, prefetch, backends } = this.settings;
    this.subscriptions = queuesOf(backends).map((queue) =>
      broker.declare(queue).consume(prefetch, (delivery) =>
        this.take({
          ...delivery,
          queue: queue.name,
          reply: (reply) => delivery.message.replyTo && broker.reply(delivery.message.replyTo, reply),
        }),
      ),
    );
    this._status$.next('connected');
  }

  protected async stopTaking(): Promise<void> {
    for (const subscription of this.subscriptions) subscription.cancel();
  }

  protected async letGo(): Promise<void> {
    for (const subscription of this.subscriptions) subscription.letGo();
    this._status$.next('disconnected');
  }
}
