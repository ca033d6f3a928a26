import { randomBytes } from 'node:crypto';
import { PrivateBroker } from './private-rabbitmq';
import { currentRun } from './test-run';

export { PrivateBroker };

/** The broker of the whole run: never to be stopped by a test. Keep apart by names of exchanges and queues. */
export const sharedBrokerUrl = (): string => currentRun().amqpUrl;

/** A broker for a test that stops or crashes it (about 10 s to start). Call `remove` at the end. */
export function isolatedBroker(more = '', plugins: string[] = []): Promise<PrivateBroker> {
  return PrivateBroker.create(currentRun().folder, `rabbitmq-${randomBytes(4).toString('hex')}`, more, plugins);
}
