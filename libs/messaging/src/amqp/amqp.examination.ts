import type { BrokerFacts, QueueFacts } from '../broker-facts.js';
import { queuesOf } from '../topology.js';
import type { AmqpAddress } from './amqp.address.js';
import { refusal } from './amqp.refusal.js';
import { AmqpSession } from './amqp.session.js';
import { assertBellQueue } from './amqp.topology.js';

const MISSING = 404;
const OTHER_ARGUMENTS = 406;

/** What the broker has of these backends' queues. Nothing is made, and no bell is taken. @throws when it cannot be asked */
export async function examine(address: AmqpAddress, backends: readonly string[]): Promise<BrokerFacts> {
  const session = await opened(address);
  const { version } = session.connection.connection.serverProperties as { version?: unknown };
  await session.close();
  const queues: QueueFacts[] = [];
  for (const { name } of queuesOf(backends)) queues.push(await examineQueue(address, name));
  return { version: String(version), queues };
}

async function opened(address: AmqpAddress): Promise<AmqpSession> {
  try {
    return await AmqpSession.open(address, 'examination', new AbortController().signal);
  } catch (cause) {
    throw new Error(refusal(address, cause), { cause });
  }
}

/** A refusal ends the channel, and the session with it: each queue has one of its own. */
async function examineQueue(address: AmqpAddress, name: string): Promise<QueueFacts> {
  const session = await opened(address);
  let found = { messageCount: 0, consumerCount: 0 };
  const facts = (state: QueueFacts['state']) => ({ name, state, bells: found.messageCount, consumers: found.consumerCount });
  try {
    const channel = await session.channel();
    found = await channel.checkQueue(name);
    await assertBellQueue(channel, name);
    return facts('ours');
  } catch (error) {
    const { code } = error as { code?: number };
    if (code === MISSING) return facts('missing');
    if (code === OTHER_ARGUMENTS) return facts('other');
    throw error;
  } finally {
    await session.close();
  }
}
