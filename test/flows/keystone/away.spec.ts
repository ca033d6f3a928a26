import { Logger } from '@nestjs/common';
import { KeystoneConfig } from '@app/openstack';
import { KeystoneAuth } from '../../../apps/gateway/src/openstack/keystone-auth';
import { KeystoneWorld, UNAUTHORIZED } from '../../support/keystone-world';
import { until } from '../../support/until';

afterEach(() => jest.restoreAllMocks());

const AWAY = { status: 503, text: expect.stringContaining('The Keystone service is temporarily unavailable.') };

describe('while Keystone is away', () => {
  let given: KeystoneWorld;
  let known: string;
  beforeAll(async () => {
    given = await KeystoneWorld.start({ config: { KEYSTONE_RETRIES: 0, KEYSTONE_TIMEOUT_MS: 3_000 } });
    known = await given.member.token();
    await until('it has vouched for one', async () => (await given.list(known)).status === 200, 30_000);
  }, 180_000);
  afterAll(() => given.stop());

  it('whoever it has vouched for goes on, nobody else comes in, and all is well when it is back', async () => {
    const fresh = await given.member.token();
    await given.keystone.stop();

    const refused = await given.list(fresh);
    expect(refused).toMatchObject(AWAY);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await given.world.request('DELETE', `/v3/attachments/${given.project.id}`, undefined, { 'X-Auth-Token': fresh })).toMatchObject(
      AWAY,
    );
    expect((await given.list(known)).status).toBe(200);
    expect((await given.world.request('GET', '/v3/', undefined, { 'X-Auth-Token': fresh })).status).toBe(200);
    expect(await given.list(null)).toMatchObject({ status: 401, body: UNAUTHORIZED });
    await given.keystone.start();

    await until('it lets that one in', async () => (await given.list(fresh)).status === 200, 30_000);
  });

  it('one that does not answer is given up', async () => {
    const fresh = await given.member.token();
    given.keystone.freeze();

    expect(await given.list(fresh)).toMatchObject(AWAY);
    expect((await given.list(known)).status).toBe(200);
    given.keystone.goOn();

    await until('it lets that one in', async () => (await given.list(fresh)).status === 200, 30_000);
  });
});

describe('of several URLs, one of which is dead', () => {
  let given: KeystoneWorld;
  beforeAll(async () => {
    given = await KeystoneWorld.start({ authUrl: (url) => `http://127.0.0.1:1, ${url}/v3/`, config: { TOKEN_CACHE_SECONDS: 2 } });
  }, 180_000);
  afterAll(() => given.stop());

  it('the start says which, and whom it found', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn');
    const logged = jest.spyOn(Logger.prototype, 'log');
    const about = (calls: unknown[][]) => calls.flat().filter((said) => /Keystone/.test(String(said)));
    const { OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME } = given.own.configuration;
    const asked = { OS_AUTH_URL: `http://127.0.0.1:1,${given.keystone.url}`, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME };
    const [right, powerless] = [asked, { ...asked, ...given.member.configuration }].map(
      (config) => new KeystoneAuth(Object.assign(new KeystoneConfig(), config)),
    );

    await right?.prove();
    await powerless?.prove();

    const dead = 'Keystone does not answer at http://127.0.0.1:1/v3, and is asked elsewhere: connect ECONNREFUSED 127.0.0.1:1';
    const roles = expect.stringMatching(/^this service has the roles .*member.* at Keystone: by Keystone's own policy only/);
    expect(about(warned.mock.calls)).toEqual([dead, dead, roles]);
    expect(about(logged.mock.calls)).toEqual(Array(2).fill(`Keystone at ${given.keystone.url}/v3 knows this service`));
    await Promise.all([right?.close(), powerless?.close()]);
  });

  it('a token as long as any is told from an outage', async () => {
    expect(await given.list('x'.repeat(2_048))).toMatchObject({ status: 401 });
    expect(await given.list('x'.repeat(10_000))).toMatchObject({ status: 401 });
  });

  it('the next one is asked', async () => {
    expect((await given.list(await given.member.token())).status).toBe(200);
    expect(await given.list('none')).toMatchObject({ status: 401 });
  });

  it('a revoked token is good for as long as an answer about it is kept, and no longer', async () => {
    const token = await given.member.token();
    expect((await given.list(token)).status).toBe(200);

    await given.identities.revoke(token);

    await until('it is refused', async () => (await given.list(token)).status === 401, 20_000);
  });
});
