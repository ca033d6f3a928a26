import { randomUUID } from 'node:crypto';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Bell, Command, Trace } from './commands.js';
import { routingKeyOf } from './topology.js';
import { type WireMessage, writeBell } from './wire.js';

/** What is handed to `ClientProxy.send` beside the command. */
export interface Ring {
  bell: Bell;
  trace: Trace;
}

/** The gateway's end of a transport, as far as all transports are alike: a reply finds the ring that waits for it, or nobody. */
export abstract class CommandProxy extends ClientProxy {
  private readonly waiting = new Map<string, () => void>();

  /** Where replies come to; null while there is no way to ring at all. */
  protected abstract get replyTo(): string | null;
  /** Sends now or not at all: a bell is never kept for later. Says whether it was sent. */
  protected abstract post(routingKey: string, message: WireMessage): boolean;
  /** Resolves when it can ring, now or next. Rejects only when the client is closed. */
  abstract ready(): Promise<void>;

  /** A bell that could not be sent is silent like one that was lost: the caller looks at the row without being told. */
  protected publish(packet: ReadPacket<Ring>, callback: (packet: WritePacket) => void): () => void {
    const correlationId = randomUUID();
    const forget = () => void this.waiting.delete(correlationId);
    this.waiting.set(correlationId, () => {
      forget();
      callback({ response: null, isDisposed: true });
    });
    if (!this.ring(packet, correlationId)) forget();
    return forget;
  }

  protected async dispatchEvent<T>(packet: ReadPacket<Ring>): Promise<T> {
    this.ring(packet);
    return undefined as T;
  }

  protected replied(correlationId: string | undefined): void {
    if (correlationId !== undefined) this.waiting.get(correlationId)?.();
  }

  /** The way back is gone, and with it every reply that was under way. */
  protected forgetAll(): void {
    this.waiting.clear();
  }

  private ring({ pattern, data: { bell, trace } }: ReadPacket<Ring>, correlationId?: string): boolean {
    const { replyTo } = this;
    if (replyTo === null) return false;
    const message = writeBell(pattern as Command, bell, trace);
    return this.post(routingKeyOf(bell.backend), correlationId === undefined ? message : { ...message, correlationId, replyTo });
  }
}
