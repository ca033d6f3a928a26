import type { Channel } from 'amqplib';
import { CONTENT_TYPE, type WireMessage } from '../wire.js';
import type { AmqpSession } from './amqp.session.js';

/**
 * A channel to publish on that drops rather than keeps: while the broker does not read (blocked by an alarm, or a socket that is full) amqplib
 * would pile messages up in memory and send them all, late.
 */
export class AmqpOutlet {
  private congested = false;
  private blocked = false;

  private constructor(private readonly channel: Channel) {}

  static of(session: AmqpSession, channel: Channel): AmqpOutlet {
    const outlet = new AmqpOutlet(channel);
    session.connection.on('blocked', () => (outlet.blocked = true));
    session.connection.on('unblocked', () => (outlet.blocked = false));
    channel.on('drain', () => (outlet.congested = false));
    return outlet;
  }

  /** Says whether it was sent; whether it arrives nobody waits for. Never throws. */
  publish(exchange: string, routingKey: string, message: WireMessage): boolean {
    if (this.congested || this.blocked) return false;
    const { body, ...properties } = message;
    try {
      this.congested = !this.channel.publish(exchange, routingKey, Buffer.from(body), {
        ...properties,
        contentType: CONTENT_TYPE,
        persistent: true,
      });
      return true;
    } catch {
      // Closed a moment ago: the link is about to notice.
      return false;
    }
  }
}
