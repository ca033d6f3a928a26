import { KeystoneWorld, UNAUTHORIZED } from '../../support/keystone-world';
import { until } from '../../support/until';

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
