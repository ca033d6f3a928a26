import { BackendsService, type Database, type TimesConfig } from '@app/attachments';
import { type AmqpConfig, amqpTransport, type QueueFacts, type QueuePolicy } from '@app/messaging';
import { failed, type Finding, ok, warning } from './finding.js';

/** What a policy must not say of our queues: work would wait for the sweepers. What they say themselves of dead letters and overflow, none changes. */
const HARMFUL: Record<string, string> = {
  'message-ttl': 'messages leave it after so many ms',
  expires: 'it is deleted when nobody has served it for so many ms',
  'max-length': 'it takes no more messages than that',
  'max-length-bytes': 'it takes no more bytes than that',
};

/** @throws when the broker cannot be asked */
export async function examineBroker(amqp: AmqpConfig, database: Database, times: TimesConfig): Promise<Finding[]> {
  const backends = new BackendsService(database, times);
  const served = (await backends.list()).filter(({ up }) => up).map(({ name }) => name);
  const { unserved } = await backends.placedOn();
  const facts = await amqpTransport(amqp).examine([...new Set([...served, ...unserved])]);
  if (!facts) return [];
  const { version, queues, policies } = facts;
  return [
    ok('broker', `RabbitMQ ${version}`),
    ...ofPolicies(policies),
    ...queues.map(ofQueue),
    ...unserved.map((name) => failed(`backend ${name}`, 'it has volumes, and no worker serves it')),
  ];
}

function ofPolicies(policies: QueuePolicy[] | null): Finding[] {
  if (!policies) return [warning('policies', 'not looked at: AMQP shows none. Set AMQP_MANAGEMENT_URL, or see rabbitmqctl list_policies')];
  const bad = policies.flatMap(({ queue, names, definition }) =>
    Object.entries(definition)
      .filter(([key]) => key in HARMFUL)
      .map(([key, value]) => warning(`policy of ${queue}`, `${names.join(' and ')} sets ${key} to ${String(value)}: ${HARMFUL[key]}`)),
  );
  return bad.length > 0 ? bad : [ok('policies', `none that loses messages of ${policies.length} queues`)];
}

function ofQueue({ name, state, bells, consumers }: QueueFacts): Finding {
  const what = `queue ${name}`;
  if (state === 'missing') return failed(what, 'missing: no worker has ever served it');
  if (state === 'other') return failed(what, 'declared with other arguments than ours: delete it, and a worker declares it anew');
  const found = `quorum, ${bells} bells, ${consumers} consumers`;
  return consumers === 0 ? warning(what, `${found}: work waits for the sweepers`) : ok(what, found);
}
