import { readFileSync } from 'node:fs';
import { AppProcess } from '../../support/app-process';
import { KeystoneWorld } from '../../support/keystone-world';
import { until } from '../../support/until';
import { aConnector } from '../../support/world';

/** Tokens and the service's password are canaries: whatever goes well or wrong, nobody reads them in logs, answers, rows or arguments. */
let given: KeystoneWorld;
let gateway: AppProcess;
const canaries = new Set<string>();
const answers: string[] = [];
beforeAll(async () => {
  given = await KeystoneWorld.start();
  const { OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME = '' } = given.own.configuration;
  canaries.add(OS_PASSWORD);
  gateway = await AppProcess.start('gateway', {
    ...given.world.environment,
    AUTH_STRATEGY: 'keystone',
    OS_AUTH_URL: given.keystone.url,
    OS_USERNAME,
    OS_PASSWORD,
    OS_PROJECT_NAME,
    NOVA_GUARD: 'url',
    NOVA_URL: 'http://127.0.0.1:1/v2.1',
    KEYSTONE_RETRIES: '0',
    LOG_LEVEL: 'debug',
  });
}, 180_000);
afterAll(async () => {
  await gateway.end('SIGKILL');
  await given.stop();
});

async function asked(token: string, path: string, more: RequestInit = {}, headers: Record<string, string> = {}): Promise<number> {
  for (const secret of [token, headers['X-Service-Token']]) if (secret) canaries.add(secret);
  const answer = await fetch(`${gateway.url}${path}`, {
    ...more,
    headers: {
      'X-Auth-Token': token,
      'OpenStack-API-Version': 'volume 3.44',
      ...(more.body != null && { 'Content-Type': 'application/json' }),
      ...headers,
    },
  });
  answers.push(`${await answer.text()} ${JSON.stringify([...answer.headers])}`);
  return answer.status;
}

it('given all that can be asked and all that can go wrong, no secret is found', async () => {
  const [token, service] = [await given.member.token(), await given.nova.token()];
  const volume = await given.world.volume({ token });
  const attachment = { volume_uuid: volume, instance_uuid: volume, connector: aConnector() };
  const made = await given.world.request('POST', '/v3/attachments', { attachment }, { 'X-Auth-Token': token });
  const path = `/v3/attachments/${made.body.attachment.id as string}`;

  const statuses = [
    await asked(token, '/v3/attachments/detail'),
    await asked(`${token}x`, '/v3/attachments'),
    await asked(token, '/v3/attachments', {}, { 'X-Service-Token': `${service}x` }),
    await asked(token, '/v3/attachments', { method: 'POST', body: JSON.stringify({ attachment: {} }) }),
    await asked(token, path, { method: 'DELETE' }), // compute cannot be asked
    await asked(token, path, { method: 'DELETE' }, { 'X-Service-Token': service }),
  ];
  const late = await given.member.token();
  await given.keystone.stop();
  statuses.push(await asked(late, '/v3/attachments'));
  await until('it is logged', () => gateway.output.includes('tokens cannot be checked'));

  expect(statuses).toEqual([200, 401, 401, 400, 500, 200, 503]);
  const rows = JSON.stringify(await given.world.query('select to_jsonb(o) as row from operations o'));
  const argv = readFileSync(`/proc/${gateway.child.pid}/cmdline`, 'utf8');
  expect(canaries.size).toBe(6);
  for (const [where, text] of Object.entries({ log: gateway.output, answers: answers.join('\n'), rows, argv })) {
    expect({ where, found: [...canaries].filter((canary) => text.includes(canary)) }).toEqual({ where, found: [] });
    expect({ where, tokens: /gAAAA/.test(text) }).toEqual({ where, tokens: false }); // of the service's own, whatever it is
  }
});
