import { unescape } from 'node:querystring';
import { messageOf } from '@app/domain';
import type { AmqpAddress } from './amqp.address.js';

/** Why no session could be opened, for the person who has to mend it: which setting it is, and what to do. */
export function refusal({ url }: Pick<AmqpAddress, 'url'>, error: unknown): string {
  const { host, username, pathname } = new URL(url);
  const reason = messageOf(error);
  const broker = `AMQP_URL: RabbitMQ at ${host}`;
  if (/ACCESS[-_]REFUSED/.test(reason))
    return `${broker} refuses the user ${unescape(username) || 'guest'} or its password: correct them there, in AMQP_URL or AMQP_PASSWORD_FILE.`;
  // The broker gives its reason, and amqplib does not pass it on.
  if (reason.startsWith('Expected ConnectionOpenOk'))
    return `${broker} has no virtual host ${unescape(pathname.slice(1)) || '/'}, or its user may not use it: name another, or see rabbitmqctl add_vhost and set_permissions.`;
  return `${broker} cannot be used (${reason}): see that it listens there, and over TLS that AMQP_CA_FILE knows its certificate.`;
}
