import { KeystoneWorld, UNAUTHORIZED } from '../../support/keystone-world';
import { until } from '../../support/until';

/** As short as a token's life may be on a busy machine. */
const TOKENS_LAST_S = 8;

let given: KeystoneWorld;
/** Tokens of a member and of a service, of which all tests see the end: nobody waits for one twice. */
let token: string;
let service: string;
let answeredMeanwhile: Promise<Set<number>>;
beforeAll(async () => {
  given = await KeystoneWorld.start({ keystone: { tokensLastSeconds: TOKENS_LAST_S }, byCredential: true });
  [token, service] = [await given.member.token(), await given.nova.token()];
  answeredMeanwhile = answersTo(async () => given.list(await given.member.token()), TOKENS_LAST_S * 2000);
  answeredMeanwhile.catch(() => undefined);
}, 180_000);
afterAll(() => given.stop());

/** All that was heard in that time. */
async function answersTo(call: () => Promise<{ status: number }>, forMs: number): Promise<Set<number>> {
  const end = Date.now() + forMs;
  const statuses = new Set<number>();
  while (Date.now() < end) statuses.add((await call()).status);
  return statuses;
}

const asService = async () => ({ 'X-Service-Token': await given.nova.token() });

it('a token that has expired is good where a service brings it along, and nowhere else', async () => {
  expect((await given.list(token)).status).toBe(200); // kept as good, which must not outlast its life

  await until('it has expired', async () => (await given.list(token)).status === 401, TOKENS_LAST_S * 3000);

  expect(await given.list(token)).toMatchObject({ status: 401, body: UNAUTHORIZED });
  expect((await given.list(token, await asService())).status).toBe(200);
  expect((await given.list(token, { 'X-Service-Token': await given.member.token() })).status).toBe(401);
});

it('a service token that has expired is none', async () => {
  await until(
    'it has expired',
    async () => (await given.list(await given.member.token(), { 'X-Service-Token': service })).status === 401,
    TOKENS_LAST_S * 3000,
  );

  expect(await given.list(await given.member.token(), { 'X-Service-Token': service })).toMatchObject({ status: 401, body: UNAUTHORIZED });
});

it('the service’s own token, by an application credential here, is renewed before it ends, so that no caller notices', async () => {
  expect([...(await answeredMeanwhile)]).toEqual([200]);
});
