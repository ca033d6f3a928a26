import { KeystoneWorld, UNAUTHORIZED } from '../../support/keystone-world';
import { until } from '../../support/until';

/** As short as a token's life may be on a busy machine. */
const TOKENS_LAST_S = 8;

let given: KeystoneWorld;
beforeAll(async () => (given = await KeystoneWorld.start({ keystone: { tokensLastSeconds: TOKENS_LAST_S }, byCredential: true })), 180_000);
afterAll(() => given.stop());

const asService = async () => ({ 'X-Service-Token': await given.nova.token() });

it('a token that has expired is good where a service brings it along, and nowhere else', async () => {
  const token = await given.member.token();
  expect((await given.list(token)).status).toBe(200); // kept as good, which must not outlast its life

  await until('it has expired', async () => (await given.list(token)).status === 401, TOKENS_LAST_S * 3000);

  expect(await given.list(token)).toMatchObject({ status: 401, body: UNAUTHORIZED });
  expect((await given.list(token, await asService())).status).toBe(200);
  expect((await given.list(token, { 'X-Service-Token': await given.member.token() })).status).toBe(401);
});

it('a service token that has expired is none', async () => {
  const service = await given.nova.token();
  await until(
    'it has expired',
    async () => (await given.list(await given.member.token(), { 'X-Service-Token': service })).status === 401,
    TOKENS_LAST_S * 3000,
  );

  expect(await given.list(await given.member.token(), { 'X-Service-Token': service })).toMatchObject({ status: 401, body: UNAUTHORIZED });
});

it('the service’s own token, by an application credential here, is renewed before it ends, so that no caller notices', async () => {
  const end = Date.now() + TOKENS_LAST_S * 2000;
  const statuses = new Set<number>();

  while (Date.now() < end) statuses.add((await given.list(await given.member.token())).status);

  expect([...statuses]).toEqual([200]);
});
