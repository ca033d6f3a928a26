import { BackendsService, type Database, type TimesConfig } from '@app/attachments';
import { type AmqpConfig, amqpTransport, type QueueFacts } from '@app/messaging';
import { failed, type Finding, ok, warning } from './finding.js';

/** @throws when the broker cannot be asked */
export async function examineBroker(amqp: AmqpConfig, database: Database, times: TimesConfig): Promise<Finding[]> {
  const backends = new BackendsService(database, times);
  const served = (await backends.list()).filter(({ up }) => up).map(({ name }) => name);
  const { unserved } = await backends.placedOn();
  const facts = await amqpTransport(amqp).examine([...new Set([...served, ...unserved])]);
  if (!facts) return [];
  const { version, queues } = facts;
  return [
    ok('broker', `RabbitMQ ${version}; policies are not shown to clients: rabbitmqctl list_policies`),
    ...queues.map(ofQueue),
    ...unserved.map((name) => failed(`backend ${name}`, 'it has volumes, and no worker serves it')),
  ];
}

function ofQueue({ name, state, bells, consumers }: QueueFacts): Finding {
  const what = `queue ${name}`;
  if (state === 'missing') return failed(what, 'missing: no worker has ever served it');
  if (state === 'other') return failed(what, 'declared with other arguments than ours: delete it, and a worker declares it anew');
  const found = `quorum, ${bells} bells, ${consumers} consumers`;
  return consumers === 0 ? warning(what, `${found}: work waits for the sweepers`) : ok(what, found);
}
