import { unescape } from 'node:querystring';
import { messageOf } from '@app/domain';
import { Agent, request } from 'undici';
import type { QueuePolicy } from '../broker-facts.js';
import { DEAD_LETTER_QUEUE } from '../topology.js';
import type { AmqpAddress } from './amqp.address.js';

type Management = NonNullable<AmqpAddress['management']>;

const TIMEOUT_MS = 10_000;

/** As `GET /api/queues/{vhost}` lists it (RabbitMQ: management HTTP API). */
interface ManagedQueue {
  name: string;
  policy?: string | null;
  operator_policy?: string | null;
  effective_policy_definition?: Record<string, unknown> | unknown[];
}
const COLUMNS = 'name,policy,operator_policy,effective_policy_definition';

/**
 * What policies make of these queues, which are there, and of the box of the unreadable; null where nobody has named the management API. @throws
 * when it cannot be asked, or does not know them
 */
export async function policiesOf(address: AmqpAddress, queues: readonly string[]): Promise<QueuePolicy[] | null> {
  const { management, tls } = address;
  if (management === undefined) return null;
  const agent = new Agent({ connect: { ...tls, timeout: TIMEOUT_MS } });
  try {
    const managed = await listed(management, `queues/${vhostOf(address)}?columns=${COLUMNS}`, agent);
    const unknown = queues.filter((queue) => !managed.some(({ name }) => name === queue));
    if (unknown.length > 0) throw new Error(`${named(management)} does not know ${unknown.join(', ')}: is it of the same broker?`);
    return managed.filter(({ name }) => name === DEAD_LETTER_QUEUE || queues.includes(name)).map(policyOf);
  } finally {
    await agent.destroy();
  }
}

async function listed(management: Management, path: string, dispatcher: Agent): Promise<ManagedQueue[]> {
  const { statusCode, text } = await asked(management, path, dispatcher);
  if (statusCode === 401)
    throw new Error(
      `${named(management)} answers 401: the password is wrong, or its user lacks the tag management or leave for the virtual host`,
    );
  const answer = statusCode === 200 ? parsed(text) : null;
  if (!Array.isArray(answer))
    throw new Error(`${named(management)} answers ${statusCode}, and not with queues: it is no management API of RabbitMQ`);
  return answer as ManagedQueue[];
}

async function asked({ url, authorization }: Management, path: string, dispatcher: Agent): Promise<{ statusCode: number; text: string }> {
  try {
    const { statusCode, body } = await request(`${url}/api/${path}`, {
      headers: { Authorization: authorization, Accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      dispatcher,
    });
    return { statusCode, text: await body.text() };
  } catch (cause) {
    const why = `cannot be asked (${messageOf(cause)})`;
    throw new Error(
      `${named({ url })} ${why}: see that RabbitMQ's plugin rabbitmq_management listens there, which is not AMQP's port, and over TLS that AMQP_CA_FILE knows its certificate.`,
      {
        cause,
      },
    );
  }
}

const named = ({ url }: Pick<Management, 'url'>): string => `AMQP_MANAGEMENT_URL: ${url}`;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const policyOf = ({ name, policy, operator_policy, effective_policy_definition: definition = {} }: ManagedQueue): QueuePolicy => ({
  queue: name,
  names: [policy, operator_policy].filter((one) => typeof one === 'string'),
  // Where there is none, RabbitMQ writes an empty list.
  definition: Array.isArray(definition) ? {} : definition,
});

/** As the client of AMQP reads it, where it may stand unescaped. */
export const vhostOf = ({ url }: Pick<AmqpAddress, 'url'>): string => encodeURIComponent(unescape(new URL(url).pathname.slice(1)) || '/');
