import { CommandProxy } from '../command.proxy.js';
import type { WireMessage } from '../wire.js';
import type { MemoryBroker } from './memory.broker.js';

/** Rings within the process. */
export class MemoryClient extends CommandProxy {
  private address: string | null = null;
  private closed = false;

  constructor(private readonly broker: MemoryBroker) {
    super();
  }

  async connect(): Promise<void> {
    if (this.closed || this.address !== null) return;
    this.address = this.broker.openReplies((reply) => this.replied(reply.correlationId));
    this._status$.next('connected');
  }

  async ready(): Promise<void> {
    await this.connect();
  }

  close(): void {
    this.closed = true;
    if (this.address === null) return;
    this.broker.closeReplies(this.address);
    this.address = null;
    this.forgetAll();
    this._status$.next('disconnected');
  }

  unwrap<T>(): T {
    return this.broker as T;
  }

  protected get replyTo(): string | null {
    return this.address;
  }

  protected post(routingKey: string, message: WireMessage): boolean {
    this.broker.publish(routingKey, message);
    return true;
  }
}
