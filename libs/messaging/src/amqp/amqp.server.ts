import { combineLatest } from 'rxjs';
import { CommandServer } from '../command.server.js';
import { type BellQueue, queuesOf } from '../topology.js';
import type { WireMessage } from '../wire.js';
import type { AmqpAddress } from './amqp.address.js';
import { AmqpIntake, type Taken } from './amqp.intake.js';
import { AmqpLink } from './amqp.link.js';
import { wireMessageOf } from './amqp.message.js';
import { AmqpOutlet } from './amqp.outlet.js';

export interface AmqpServerSettings {
  address: AmqpAddress;
  prefetch: number;
  backends: readonly string[];
  drainMs: number;
}

/** Takes bells on one connection for each queue and replies on another, since the broker stops reading from one that publishes too much. */
export class AmqpServer extends CommandServer {
  private readonly intakes: AmqpIntake[];
  private readonly replies: AmqpLink;
  private readonly links: AmqpLink[];
  private outlet: AmqpOutlet | null = null;

  constructor({ address, prefetch, backends, drainMs }: AmqpServerSettings) {
    super(drainMs);
    this.intakes = queuesOf(backends).map((queue) => this.intakeOf(address, queue, prefetch));
    this.replies = new AmqpLink(address, 'replies', async (session) => {
      this.outlet = AmqpOutlet.of(session, await session.channel());
    });
    this.links = [...this.intakes.map(({ link }) => link), this.replies];
    combineLatest(this.links.map(({ changes }) => changes)).subscribe((sessions) =>
      this._status$.next(sessions.every((session) => session !== null) ? 'connected' : 'disconnected'),
    );
  }

  /** All of its queues are being consumed, and replies can be sent. */
  get connected(): boolean {
    return this.links.every(({ session }) => session !== null);
  }

  async ready(): Promise<void> {
    await Promise.all(this.links.map((link) => link.ready()));
  }

  /** The connections that there are. */
  unwrap<T>(): T {
    return this.links.flatMap(({ session }) => session?.connection ?? []) as T;
  }

  protected open(): void {
    for (const link of this.links) link.open();
  }

  protected async stopTaking(): Promise<void> {
    await Promise.all(this.intakes.map((intake) => intake.stop()));
  }

  protected async letGo(): Promise<void> {
    await Promise.all(this.links.map((link) => link.close()));
  }

  private intakeOf(address: AmqpAddress, queue: BellQueue, prefetch: number): AmqpIntake {
    const take = ({ message, ...settle }: Taken) =>
      this.take({
        ...settle,
        message: wireMessageOf(message),
        queue: queue.name,
        redelivered: message.fields.redelivered,
        reply: (reply) => this.reply(message.properties.replyTo as string, reply),
      });
    return new AmqpIntake({ address, queue, prefetch, take });
  }

  private reply(replyTo: string, reply: WireMessage): void {
    if (this.replies.session) this.outlet?.publish('', replyTo, reply);
  }
}
