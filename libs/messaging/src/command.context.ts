import { BaseRpcContext } from '@nestjs/microservices';
import { HEADER, type WireMessage } from './wire.js';

/** What came with a bell beside its ids. */
export class CommandContext extends BaseRpcContext<[WireMessage, boolean]> {
  private isHandedOver = false;

  /** The request that promised the work; null when a program rang without one. */
  get requestId(): string | null {
    return this.header(HEADER.requestId);
  }

  get traceparent(): string | null {
    return this.header(HEADER.traceparent);
  }

  /** Whether a worker had it before and did not answer. A false proves nothing: bells may be doubled. */
  get redelivered(): boolean {
    return this.args[1];
  }

  /** There may be something left to do, and this process will not do it: the bell goes to the next consumer. */
  handOver(): void {
    this.isHandedOver = true;
  }

  get handedOver(): boolean {
    return this.isHandedOver;
  }

  private header(name: string): string | null {
    const value = this.args[0].headers[name];
    return typeof value === 'string' ? value : null;
  }
}
