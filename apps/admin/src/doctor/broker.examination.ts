import type { BackendsService } from '@app/attachments';
import { type AmqpConfig, amqpTransport, DELIVERY_LIMIT, type QueueFacts, type QueuePolicy } from '@app/messaging';
import { examined, failed, type Finding, ok, warning } from './finding.js';

/** What a policy may say of one of our queues that costs messages, or makes work wait for the sweepers, and where it does not. */
const HARMFUL: Record<string, { what: string; harmless?: (value: unknown) => boolean }> = {
  'message-ttl': { what: 'messages leave it after so many ms' },
  expires: { what: 'it is deleted when nobody has served it for so many ms' },
  'max-length': { what: 'it takes no more messages than that' },
  'max-length-bytes': { what: 'it takes no more bytes than that' },
  overflow: { what: 'the oldest messages make room for new ones', harmless: (value) => value === 'reject-publish' },
  'delivery-limit': { what: 'bells are put aside after so few dead workers', harmless: (value) => Number(value) >= DELIVERY_LIMIT },
};

/** @throws when the broker cannot be asked */
export async function examineBroker(amqp: AmqpConfig, backends: BackendsService | null): Promise<Finding[]> {
  const served = ((await backends?.list()) ?? []).filter(({ up }) => up).map(({ name }) => name);
  const { unserved = [] } = (await backends?.placedOn()) ?? {};
  const transport = amqpTransport(amqp);
  const facts = await transport.examine([...new Set([...served, ...unserved])]);
  if (!facts) return [];
  const { version, queues } = facts;
  const there = queues.filter(({ state }) => state !== 'missing').map(({ name }) => name);
  return [
    ok('broker', `RabbitMQ ${version}`),
    ...(await examined('policies', async () => ofPolicies(await transport.policies(there)))),
    ...queues.map(ofQueue),
    ...unserved.map((name) => failed(`backend ${name}`, 'it has volumes, and no worker serves it')),
  ];
}

function ofPolicies(policies: QueuePolicy[] | null): Finding[] {
  if (!policies) return [warning('policies', 'not looked at: AMQP shows none. Set AMQP_MANAGEMENT_URL, or see rabbitmqctl list_policies')];
  const bad = policies.flatMap(harmIn);
  return bad.length > 0 ? bad : [ok('policies', `none that loses messages of ${policies.length} queues`)];
}

function harmIn({ queue, names, definition }: QueuePolicy): Finding[] {
  const harm = Object.entries(definition).flatMap(([key, value]) => {
    const harmful = HARMFUL[key];
    return !harmful || harmful.harmless?.(value) ? [] : [`sets ${key} to ${String(value)}: ${harmful.what}`];
  });
  return harm.length > 0 ? [warning(`policy of ${queue}`, `${names.join(' and ')} ${harm.join('; ')}`)] : [];
}

function ofQueue({ name, state, bells, consumers }: QueueFacts): Finding {
  const what = `queue ${name}`;
  if (state === 'missing') return failed(what, 'missing: no worker has ever served it');
  if (state === 'other') return failed(what, 'declared with other arguments than ours: delete it, and a worker declares it anew');
  const found = `quorum, ${bells} bells, ${consumers} consumers`;
  return consumers === 0 ? warning(what, `${found}: work waits for the sweepers`) : ok(what, found);
}
