import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { createDatabase } from '../support/postgres';
import { NovaStandIn } from '../support/nova-stand-in';
import { KeystoneWorld } from '../support/keystone-world';
import { currentRun } from '../support/test-run';
import { until } from '../support/until';
import { freePorts } from '../support/free-ports';
import { isolatedBroker, type PrivateBroker } from '../support/rabbitmq';
import { startWorld, type World } from '../support/world';
import { admin } from './admin-cli';

/** What the command line says of an installation, and whether it works. */
interface Finding {
  what: string;
  verdict: string;
  found: string;
}

/** Its findings, also by what they are about, and its exit code. */
async function doctor(
  environment: Record<string, string>,
): Promise<{ code: unknown; findings: Finding[]; found: Record<string, Finding> }> {
  const { code, stdout, stderr } = await admin(environment, 'doctor', '-f', 'json');
  if (stdout === '') throw new Error(stderr);
  const findings = JSON.parse(stdout) as Finding[];
  return { code, findings, found: Object.fromEntries(findings.map((finding) => [finding.what, finding])) };
}

let world: World;
let nova: NovaStandIn;
let settings: Record<string, string>;
beforeAll(async () => {
  nova = await NovaStandIn.start();
  world = await startWorld();
  settings = { DATABASE_URL: world.databaseUrl, AMQP_URL: world.amqpUrl, SECRETS_KEY_FILE: world.keyFile };
  await admin({}, '--help'); // builds it
}, 120_000);
afterAll(async () => {
  await world.stop();
  await nova.stop();
});

const verdicts = (found: Record<string, Finding>) =>
  Object.fromEntries(Object.entries(found).map(([what, { verdict }]) => [what, verdict]));

describe('with noauth', () => {
  it('finds all in order, and says what somebody has chosen', async () => {
    const { code, found } = await doctor({ ...settings, NOVA_GUARD: 'url', NOVA_URL: nova.url });

    expect(code).toBe(0);
    expect(verdicts(found)).toEqual({
      database: 'ok',
      clock: 'ok',
      keys: 'ok',
      detaches: 'ok',
      broker: 'ok',
      policies: 'warning',
      [`queue mooring.backend.${world.backend}`]: 'ok',
      'queue mooring.bookkeeping': 'ok',
      keystone: 'warning',
      compute: 'ok',
    });
    expect(found.database?.found).toMatch(/^PostgreSQL \d+.*, isolation repeatable read, schema of WhoDetached/);
    expect(found.broker?.found).toMatch(/^RabbitMQ \d+\.\d+/);
    expect(found.compute?.found).toBe(`${nova.url} speaks up to 2.96`);
  });

  it('warns of a guard that is off, and of detaches without a service token', async () => {
    const [one, other] = [await world.attachedAttachment(), await world.attachedAttachment()];
    await world.request('DELETE', `/v3/attachments/${one.id}`);
    await world.request('DELETE', `/v3/attachments/${other.id}`, undefined, { 'X-Service-Token': 'nova:service:service' });

    const { code, found } = await doctor(settings);

    expect(code).toBe(0);
    expect(found.detaches).toMatchObject({ verdict: 'warning', found: expect.stringMatching(/^1 by services, 1 by users within a day/) });
    expect(found.compute).toMatchObject({ verdict: 'warning', found: expect.stringMatching(/^NOVA_GUARD is off/) });
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['a broker that is away', { AMQP_URL: 'amqp://127.0.0.1:1' }, 'broker', /^AMQP_URL: RabbitMQ at .*ECONNREFUSED/],
    ['compute that is away', { NOVA_GUARD: 'url', NOVA_URL: 'http://127.0.0.1:1/v2.1' }, 'compute', /^NOVA_URL: compute at .*ECONNREFUSED/],
    ['a database that is away', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'database', /cannot be used/],
    ['configuration that is wrong', { NOVA_GUARD: 'url' }, 'configuration', /^NOVA_URL /],
    ['an identity that there is not', { AUTH_STRATEGY: 'Keystone' }, 'configuration', /^AUTH_STRATEGY is "Keystone", but must be noauth/],
    ['a catalog without Keystone', { NOVA_GUARD: 'catalog' }, 'compute', /does not start/],
    ['keys of another installation', { SECRETS_KEY_FILE: '/dev/null' }, 'keys', /SECRETS_KEY_FILE/],
  ])('says with exit code 3 that there is %s', async (_, more, what, found) => {
    const examination = await doctor({ ...settings, ...more });

    expect(examination.code).toBe(3);
    expect(examination.found[what]).toMatchObject({ verdict: 'failed', found: expect.stringMatching(found) });
  });

  it('asks the broker also where the database has no schema', async () => {
    const { found } = await doctor({ ...settings, DATABASE_URL: await createDatabase() });

    expect(found).toMatchObject({ database: { verdict: 'failed' }, broker: { verdict: 'ok' } });
  });

  it.each<[string, (url: URL) => void, RegExp]>([
    ['its virtual host', (url) => (url.pathname = '/nosuch'), /^AMQP_URL: .* has no virtual host nosuch,/],
    ['its password', (url) => (url.password = 'wrong'), /^AMQP_URL: .* refuses the user .* or its password:/],
  ])('says that the broker refuses %s', async (_, change, found) => {
    const url = new URL(world.amqpUrl);
    url.username ||= 'guest';
    change(url);

    const examination = await doctor({ ...settings, AMQP_URL: url.href });

    expect(examination.found.broker).toMatchObject({ verdict: 'failed', found: expect.stringMatching(found) });
  });

  it('files what is wrong with variables under the configuration, each alone, and examines all that they do not concern', async () => {
    const wrong = { AMQP_MANAGEMENT_URL: 'x', NOVA_INTERFACE: 'private' };

    const { code, found, findings } = await doctor({ ...settings, ...wrong });

    expect(code).toBe(3);
    expect(findings.filter(({ what }) => what === 'configuration')).toEqual([
      { what: 'configuration', verdict: 'failed', found: expect.stringMatching(/^AMQP_MANAGEMENT_URL is "x", but must be/) },
      { what: 'configuration', verdict: 'failed', found: expect.stringMatching(/^NOVA_INTERFACE is "private", but must be/) },
    ]);
    expect(verdicts(found)).toMatchObject({ database: 'ok', keys: 'ok', broker: 'ok', policies: 'warning', keystone: 'warning' });
    expect(Object.keys(found)).not.toContain('compute');
  });

  it('asks a broker also where the database is away', async () => {
    const { found } = await doctor({ ...settings, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });

    expect(verdicts(found)).toMatchObject({ database: 'failed', broker: 'ok', 'queue mooring.bookkeeping': 'ok', keystone: 'warning' });
  });

  it('says that it looks at the embedded database where DATABASE_URL names none', async () => {
    const DATA_DIR = join(currentRun().folder, 'examined-data');
    await admin({ DATA_DIR }, 'db', 'migrate');

    const { found } = await doctor({ DATA_DIR });

    expect(found.database).toMatchObject({
      verdict: 'ok',
      found: expect.stringMatching(/^the embedded one of DATA_DIR \(.*examined-data\), since DATABASE_URL is not set: PostgreSQL \d+/),
    });
  });

  it('says that compute is too old', async () => {
    nova.newest = '2.88';

    const { code, found } = await doctor({ ...settings, NOVA_GUARD: 'url', NOVA_URL: nova.url });

    expect(code).toBe(3);
    expect(found.compute).toMatchObject({ verdict: 'failed', found: `${nova.url} speaks up to 2.88, and 2.89 is needed` });
  });

  it('tells a queue that somebody else has declared from ours, and names a backend that nobody serves', async () => {
    const lone = await startWorld();
    const volume = await lone.volume();
    await lone.workers.splice(0)[0]?.stop();
    await until('nobody serves it', async () => (await lone.query('select 1 from workers')).length === 0);
    const name = `mooring.backend.${lone.backend}`;
    const connection = await connect(lone.amqpUrl);
    const channel = await connection.createChannel();
    await channel.deleteQueue(name);
    const there = { DATABASE_URL: lone.databaseUrl, AMQP_URL: lone.amqpUrl, SECRETS_KEY_FILE: lone.keyFile };

    const missing = await doctor(there);
    await channel.assertQueue(name, { durable: true });
    const foreign = await doctor(there);
    await channel.deleteQueue(name);
    await connection.close();

    expect(missing.found[`backend ${lone.backend}`]).toMatchObject({ verdict: 'failed' });
    expect(missing.found[`queue ${name}`]).toMatchObject({ verdict: 'failed', found: expect.stringMatching(/^missing/) });
    expect(foreign.found[`queue ${name}`]).toMatchObject({ verdict: 'failed', found: expect.stringMatching(/^declared with other/) });
    expect(volume).toBeDefined();
    await lone.stop();
  });
});

describe('with the management API of RabbitMQ', () => {
  let broker: PrivateBroker;
  let managed: World;
  let api: string;
  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    api = `http://127.0.0.1:${port}`;
    broker = await isolatedBroker(`management.tcp.port = ${port}\nmanagement.tcp.ip = 127.0.0.1\n`, ['rabbitmq_management']);
    managed = await startWorld({ amqpUrl: broker.url });
  }, 180_000);
  afterAll(async () => {
    await managed.stop();
    await broker.remove();
  });

  const asked = (AMQP_MANAGEMENT_URL = api) => {
    const there = { DATABASE_URL: managed.databaseUrl, AMQP_URL: broker.url, SECRETS_KEY_FILE: managed.keyFile };
    return doctor({ ...settings, ...there, AMQP_MANAGEMENT_URL });
  };
  const put = async (path: string, body: object) => {
    const headers = { Authorization: `Basic ${btoa('guest:guest')}` };
    const { ok, status } = await fetch(`${api}/api/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    if (!ok) throw new Error(`${path}: ${status}`);
  };
  /** What doctor says of it, once it is at work. */
  const policy = async (definition: object, seen: (found: Record<string, Finding>) => boolean) => {
    await put('policies/%2F/of-somebody', { pattern: '^mooring', definition, 'apply-to': 'queues' });
    let last: Awaited<ReturnType<typeof doctor>> | undefined;
    await until('the policy is at work', async () => seen((last = await asked()).found), 60_000);
    return last;
  };

  it('names a policy that loses bells, and none that does not', async () => {
    const queue = `policy of mooring.backend.${managed.backend}`;

    const brief = await policy({ 'message-ttl': 60_000 }, (found) => found[queue] !== undefined);
    const narrow = await policy({ overflow: 'drop-head', 'delivery-limit': 1 }, (found) => !found[queue]?.found.includes('ttl'));
    const harmless = { overflow: 'reject-publish', 'delivery-limit': 10, 'queue-master-locator': 'min-masters' };
    const fine = await policy(harmless, (found) => found.policies?.verdict === 'ok');

    const said = 'of-somebody sets message-ttl to 60000: messages leave it after so many ms';
    expect(brief).toMatchObject({ code: 0, found: { [queue]: { verdict: 'warning', found: said } } });
    expect(Object.keys(brief?.found ?? {})).toEqual(
      expect.arrayContaining(['policy of mooring.bookkeeping', 'policy of mooring.dead-letter']),
    );
    expect(narrow?.found[queue]?.found).toMatch(/sets overflow to drop-head/);
    expect(narrow?.found[queue]?.found).toMatch(/sets delivery-limit to 1:/);
    expect(fine?.found.policies?.found).toBe('none that loses messages of 3 queues');
  }, 180_000);

  it.each([
    ['where nobody listens', () => 'http://127.0.0.1:1', /^AMQP_MANAGEMENT_URL: .*127\.0\.0\.1:1 .*ECONNREFUSED.*rabbitmq_management/],
    ['where AMQP is spoken', () => `http://${new URL(broker.url).host}`, /^AMQP_MANAGEMENT_URL: .*rabbitmq_management.*not AMQP's port/],
  ])('says that no management API is %s', async (_, url, said) => {
    const { found } = await asked(url());

    expect(found).toMatchObject({ broker: { verdict: 'ok' }, policies: { verdict: 'failed', found: expect.stringMatching(said) } });
  });

  it('says why it cannot look, and all the rest', async () => {
    await put('users/nobody', { password: 'canary-of-the-broker', tags: '' });

    const refused = await asked(api.replace('//', '//nobody:canary-of-the-broker@'));
    const another = await asked(`${api}/elsewhere`);

    expect(refused).toMatchObject({
      code: 3,
      found: {
        broker: { verdict: 'ok' },
        policies: { verdict: 'failed', found: expect.stringMatching(/^AMQP_MANAGEMENT_URL: .*401.*tag management/) },
      },
    });
    expect(JSON.stringify(refused)).not.toContain('canary');
    expect(another.found.policies).toMatchObject({
      verdict: 'failed',
      found: expect.stringMatching(/^AMQP_MANAGEMENT_URL: .*no management API/),
    });
  });
});

describe('with Keystone', () => {
  let given: KeystoneWorld;
  beforeAll(async () => void (given = await KeystoneWorld.start()), 180_000);
  afterAll(() => given.stop());

  it('proves the service’s own credentials, and looks for compute in its catalog', async () => {
    const region = 'examined';
    await given.identities.endpoint('compute', `${nova.url}/some-project`, region);
    nova.newest = '2.96';
    const own = await given.identities.user(['service'], await given.identities.project());
    const powerless = await given.identities.user(['reader'], await given.identities.project());
    const { OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME = '' } = own.configuration;
    const OS_PASSWORD_FILE = join(currentRun().folder, 'examined-password');
    writeFileSync(OS_PASSWORD_FILE, `${OS_PASSWORD}\n`);
    const asked = {
      ...settings,
      AUTH_STRATEGY: 'keystone',
      OS_AUTH_URL: given.keystone.url,
      OS_USERNAME,
      OS_PASSWORD_FILE,
      OS_PROJECT_NAME,
    };

    const found = (await doctor({ ...asked, OS_REGION_NAME: region })).found;
    const elsewhere = await doctor({ ...asked, OS_REGION_NAME: 'nowhere' });
    const wrong = await doctor({ ...asked, OS_PASSWORD: 'not-it' });
    const { OS_PROJECT_NAME: theirs = '', ...reader } = powerless.configuration;
    const warned = (await doctor({ ...asked, ...reader, OS_PROJECT_NAME: theirs })).found;
    const halfway = (await doctor({ ...asked, OS_AUTH_URL: `http://127.0.0.1:1,${given.keystone.url}` })).found;

    expect(found.keystone).toMatchObject({ verdict: 'ok', found: expect.stringContaining('roles service') });
    expect(found.compute).toMatchObject({ verdict: 'ok' });
    expect(elsewhere).toMatchObject({ code: 3, found: { compute: { verdict: 'failed' } } });
    expect(wrong).toMatchObject({
      code: 3,
      found: { keystone: { verdict: 'failed', found: expect.stringMatching(/ answered 401 .*: are OS_AUTH_URL, OS_USERNAME, /) } },
    });
    expect(JSON.stringify(wrong)).not.toContain('not-it');
    expect(warned.keystone).toMatchObject({ verdict: 'warning', found: expect.stringContaining('roles reader') });
    expect(halfway.keystone).toMatchObject({
      verdict: 'warning',
      found: expect.stringMatching(/^no answer at http:\/\/127.0.0.1:1\/v3, /),
    });
  });
});
