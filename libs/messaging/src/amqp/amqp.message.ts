import type { Message } from 'amqplib';
import type { WireMessage } from '../wire.js';

/** A delivered message in the transport's own words. */
export function wireMessageOf({ content, properties }: Message): WireMessage {
  return {
    type: textOf(properties.type),
    messageId: textOf(properties.messageId),
    correlationId: textOf(properties.correlationId),
    replyTo: textOf(properties.replyTo),
    headers: { ...properties.headers },
    body: content.toString('utf8'),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
