import { Logger } from '@nestjs/common';
import { CommandProxy } from '../command.proxy.js';
import { COMMANDS_EXCHANGE } from '../topology.js';
import type { WireMessage } from '../wire.js';
import type { AmqpAddress } from './amqp.address.js';
import { AmqpLink } from './amqp.link.js';
import { wireMessageOf } from './amqp.message.js';
import { AmqpOutlet } from './amqp.outlet.js';
import type { AmqpSession } from './amqp.session.js';
import { declareExchange } from './amqp.topology.js';

/** RabbitMQ's pseudo-queue: replies come back on the channel that asked, and nothing is declared for them. */
const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to';

/** Rings over one connection and one channel, which takes the direct replies too. */
export class AmqpClient extends CommandProxy {
  private readonly logger = new Logger(AmqpClient.name);
  private readonly link: AmqpLink;
  private outlet: AmqpOutlet | null = null;
  private dropped = 0;

  constructor(address: AmqpAddress) {
    super();
    this.link = new AmqpLink(address, 'bells', (session) => this.furnish(session));
    this.link.changes.subscribe((session) => this.changed(session));
  }

  /** Begins to connect and does not wait for it. */
  async connect(): Promise<void> {
    this.link.open();
  }

  /** Whether it was told to connect, and not to close since. */
  get wanted(): boolean {
    return this.link.wanted;
  }

  get connected(): boolean {
    return this.link.session !== null;
  }

  ready(): Promise<void> {
    return this.link.ready();
  }

  async close(): Promise<void> {
    await this.link.close();
    this.forgetAll();
  }

  unwrap<T>(): T {
    return this.link.session?.connection as T;
  }

  protected get replyTo(): string {
    return DIRECT_REPLY_TO;
  }

  protected post(routingKey: string, message: WireMessage): boolean {
    const sent = this.link.session !== null && this.outlet !== null && this.outlet.publish(COMMANDS_EXCHANGE, routingKey, message);
    if (!sent) this.drop();
    return sent;
  }

  private async furnish(session: AmqpSession): Promise<void> {
    const channel = await session.channel();
    await declareExchange(channel);
    const answered = (correlationId?: string) => this.replied(correlationId);
    await channel.consume(
      DIRECT_REPLY_TO,
      (message) =>
        message ? answered(wireMessageOf(message).correlationId) : session.end(new Error('replies were cancelled by the broker')),
      { noAck: true },
    );
    this.outlet = AmqpOutlet.of(session, channel);
  }

  private changed(session: AmqpSession | null): void {
    this._status$.next(session ? 'connected' : 'disconnected');
    if (!session) return this.forgetAll();
    if (this.dropped > 0) this.logger.log(`${this.dropped} bells were dropped meanwhile; the sweepers of the workers make up for them`);
    this.dropped = 0;
  }

  /** Said once for each outage. */
  private drop(): void {
    if (this.dropped++ === 0)
      this.logger.warn('RabbitMQ does not take bells: they are dropped, and work waits for the sweepers of the workers');
  }
}
