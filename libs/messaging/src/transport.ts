import type { ClientProxy, CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { BrokerFacts, QueuePolicy } from './broker-facts.js';
import type { DeadLetters } from './dead-letters.js';

/** Whether every open server, and the client if it was told to connect, has its broker now: what a health check reads. */
export abstract class BrokerState {
  abstract readonly connected: boolean;
}

/** How the processes reach each other, made in `main.ts` before Nest's container; nothing else in an app knows which one it is. */
export interface Transport extends BrokerState {
  client: ClientProxy;
  /** A worker's end, for `connectMicroservice({ strategy })`. `backends` are `host@backend`; the bookkeeping queue is served besides. */
  server(backends: readonly string[]): Server & CustomTransportStrategy;
  deadLetters(): DeadLetters;
  /** What the broker has of the queues of these backends. Null: there is none to ask. @throws when it cannot be asked */
  examine(backends: readonly string[]): Promise<BrokerFacts | null>;
  /** What policies make of these queues, which are there, and of the box of the unreadable. Null: nobody has said where to ask. @throws when it cannot be asked */
  policies(queues: readonly string[]): Promise<QueuePolicy[] | null>;
  /** Resolves when every open server, and the client if it was told to connect, has reached the broker; waits for ever where that is away. */
  ready(): Promise<void>;
  /** Drains the servers and closes all. May be called twice. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** How long a closing server waits for handlers at work. */
  drainMs?: number;
}

/** As long as a gateway gives its own waiters (design §7). */
export const DRAIN_MS = 15_000;
