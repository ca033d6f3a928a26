import { Agent, request } from 'undici';
import type { QueuePolicy } from '../broker-facts.js';
import type { AmqpAddress } from './amqp.address.js';

const TIMEOUT_MS = 10_000;

/** As `GET /api/queues/{vhost}/{name}` has it (RabbitMQ: management HTTP API). */
interface ManagedQueue {
  policy?: string | null;
  operator_policy?: string | null;
  effective_policy_definition?: Record<string, unknown> | unknown[];
}

/**
 * What policies make of those of the queues that are there; null where nobody has named the management API. Its user is that of AMQP_URL, where
 * AMQP_MANAGEMENT_URL has none. @throws when it cannot be asked
 */
export async function policiesOf(address: AmqpAddress, queues: readonly string[]): Promise<QueuePolicy[] | null> {
  const { management, tls } = address;
  if (management === undefined) return null;
  const agent = new Agent({ connect: { ...tls, timeout: TIMEOUT_MS } });
  const found: QueuePolicy[] = [];
  try {
    for (const queue of queues) {
      const managed = await ask<ManagedQueue>(management, `queues/${vhostOf(address)}/${encodeURIComponent(queue)}`, agent);
      if (managed) found.push(policyOf(queue, managed));
    }
    return found;
  } finally {
    await agent.destroy();
  }
}

async function ask<T>({ url, authorization }: NonNullable<AmqpAddress['management']>, path: string, dispatcher: Agent): Promise<T | null> {
  const { statusCode, body } = await request(`${url}/api/${path}`, {
    headers: { Authorization: authorization, Accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    dispatcher,
  });
  const text = await body.text();
  if (statusCode === 404) return null;
  if (statusCode === 401) throw new Error(`${url} answers 401: its user needs the tag management, and access to the virtual host`);
  if (statusCode !== 200) throw new Error(`${url} answers ${statusCode}`);
  return JSON.parse(text) as T;
}

const policyOf = (queue: string, { policy, operator_policy, effective_policy_definition: definition = {} }: ManagedQueue): QueuePolicy => ({
  queue,
  names: [policy, operator_policy].filter((name) => typeof name === 'string'),
  // Where there is none, RabbitMQ writes an empty list.
  definition: Array.isArray(definition) ? {} : definition,
});

/** Escaped; the path of an AMQP URL has it so already. */
const vhostOf = ({ url }: AmqpAddress): string => new URL(url).pathname.slice(1) || encodeURIComponent('/');
