import { StartError } from '@app/domain';
import { amqpTransport, type DeadLetters } from '@app/messaging';
import { withoutPasswords } from '@app/platform';
import type { AdminConfig } from './admin.config.js';
import { CommandFailed } from './exit-code.js';

/** Without DATABASE_URL a standalone is meant, whose bells never leave its process: nobody else can send it what it cannot read. */
const NONE: DeadLetters = { list: async () => [], show: async () => null };

/** @throws StartError when nobody says where RabbitMQ is. */
export function deadLetterBox({ amqp, database }: AdminConfig): DeadLetters {
  if (!amqp && database) throw new StartError('AMQP_URL is not set: dead letters are kept by RabbitMQ.');
  return amqp ? said(amqpTransport(amqp).deadLetters(), amqp.AMQP_URL) : NONE;
}

/** A broker that cannot be asked is no fault of ours: a sentence, and no stack. */
function said(letters: DeadLetters, url: string): DeadLetters {
  const refused = (error: unknown): never => {
    throw new CommandFailed(withoutPasswords(`AMQP_URL: RabbitMQ at ${url} cannot be asked (${(error as Error).message}).`));
  };
  return { list: (limit) => letters.list(limit).catch(refused), show: (id) => letters.show(id).catch(refused) };
}
