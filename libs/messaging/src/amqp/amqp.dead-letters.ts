import { createHash } from 'node:crypto';
import type { Channel, GetMessage, XDeath } from 'amqplib';
import { type DeadLetter, type DeadLetters, shownBody } from '../dead-letters.js';
import { DEAD_LETTER_QUEUE, DEAD_LETTERS_KEPT } from '../topology.js';
import type { AmqpAddress } from './amqp.address.js';
import { AmqpSession } from './amqp.session.js';

const NO_QUEUE = 404;
/** What the broker says of `x-death` once more: of the first, and newer ones (4.0) of the last too. */
const DEATH_IN_SHORT = /^x-(first|last)-death-/;

/** Takes without acknowledging and goes away: the broker puts everything back where it was. */
export class AmqpDeadLetters implements DeadLetters {
  constructor(private readonly address: AmqpAddress) {}

  list(limit: number): Promise<DeadLetter[]> {
    return this.look(async (channel) => {
      const found: DeadLetter[] = [];
      for await (const letter of letters(channel, limit)) found.push(letter);
      return found;
    });
  }

  show(id: string): Promise<DeadLetter | null> {
    return this.look(async (channel) => {
      for await (const letter of letters(channel, DEAD_LETTERS_KEPT)) if (letter.id === id) return letter;
      return null;
    });
  }

  private async look<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const session = await AmqpSession.open(this.address, 'dead letters', new AbortController().signal);
    try {
      return await work(await session.channel());
    } finally {
      await session.close();
    }
  }
}

/** No more than there are at first: what is given back meanwhile would come again. */
async function* letters(channel: Channel, limit: number): AsyncGenerator<DeadLetter> {
  const there = await countOf(channel);
  for (let n = 0; n < Math.min(limit, there); n++) {
    const message = await channel.get(DEAD_LETTER_QUEUE);
    if (!message) return;
    yield deadLetterOf(message);
  }
}

/** No worker ever came: no queue, so no letters. */
async function countOf(channel: Channel): Promise<number> {
  try {
    return (await channel.checkQueue(DEAD_LETTER_QUEUE)).messageCount;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NO_QUEUE) return 0;
    throw error;
  }
}

function deadLetterOf({ content, properties, fields }: GetMessage): DeadLetter {
  const { 'x-death': deaths, ...rest } = properties.headers ?? {};
  const death = deaths?.[0];
  return {
    id: typeof properties.messageId === 'string' ? properties.messageId : madeUpId(content, death),
    queue: death?.queue ?? fields.routingKey,
    reason: death?.reason ?? 'unknown',
    time: death ? new Date(death.time.value * 1_000) : null,
    type: typeof properties.type === 'string' ? properties.type : null,
    body: shownBody(content.toString('utf8')),
    headers: Object.fromEntries(Object.entries(rest).filter(([name]) => !DEATH_IN_SHORT.test(name))),
  };
}

const madeUpId = (content: Buffer, death: XDeath | undefined): string =>
  createHash('sha256').update(content).update(`${death?.queue} ${death?.time.value}`).digest('hex').slice(0, 16);
