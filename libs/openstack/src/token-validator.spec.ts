import { type Keystone, type KeystoneAnswer, KeystoneUnavailable } from './keystone.js';
import type { ServiceSession } from './service-session.js';
import { TokenValidator } from './token-validator.js';

const good = (id: string): KeystoneAnswer => ({
  url: 'http://k/v3',
  status: 200,
  body: { token: { user: { id }, expires_at: new Date(Date.now() + 60_000).toISOString() } },
  subjectToken: null,
});
const UNKNOWN: KeystoneAnswer = { url: 'http://k/v3', status: 404, body: { error: { code: 404 } }, subjectToken: null };

/** Asks what answers as the test says, in place of a Keystone that would have to be broken for it. */
function validator(answer: (id: string) => KeystoneAnswer | Promise<KeystoneAnswer>, size = 10) {
  const forgotten: unknown[] = [];
  const keystone = { ask: async (_: string, __: string, headers: Record<string, string>) => answer(headers['X-Subject-Token'] ?? '') };
  const session = { token: async () => ({ id: 'own' }), forget: (own: unknown) => forgotten.push(own) };
  const config = { TOKEN_CACHE_SECONDS: 300, TOKEN_CACHE_SIZE: size };
  const tokens = new TokenValidator(keystone as unknown as Keystone, session as unknown as ServiceSession, config);
  return { tokens, forgotten };
}

it('what Keystone does not know is nobody', async () => {
  expect(await validator(() => UNKNOWN).tokens.validate('t')).toBeNull();
});

it.each<[string, Partial<KeystoneAnswer>, number]>([
  ['a page that is no token', { status: 200, body: null }, 0],
  ['that it was asked too much', { status: 429 }, 0],
  ['that the token is too long', { status: 400 }, 0],
  ['that this service may not ask', { status: 403 }, 0],
  ['that it does not know this service, twice', { status: 401 }, 2],
])('when it says %s nobody knows, and the own token is thrown away only where it is no good', async (_, said, times) => {
  const { tokens, forgotten } = validator(() => ({ ...UNKNOWN, ...said }));

  await expect(tokens.validate('t')).rejects.toThrow(KeystoneUnavailable);
  expect(forgotten).toHaveLength(times);
});

it('of more tokens at once than are kept each has its answer', async () => {
  const { tokens } = validator(async (id) => {
    await new Promise((later) => setImmediate(later));
    return good(id);
  }, 1);

  const found = await Promise.all(['a', 'b', 'c'].map((id) => tokens.validate(id)));

  expect(found.map((token) => token?.userId)).toEqual(['a', 'b', 'c']);
});

it('says which role is missing where this service may not ask', async () => {
  const { tokens } = validator(() => ({ ...UNKNOWN, status: 403 }));

  await expect(tokens.validate('t')).rejects.toThrow(
    "Keystone at http://k/v3 does not answer this service about tokens, but with 403: by Keystone's own policy only a user with the role service or admin may ask about others' tokens",
  );
});

it('a token that is longer than any of Keystone’s is none, and nobody is asked about it', async () => {
  const asked: string[] = [];
  const { tokens } = validator((id) => (asked.push(id), good(id)));

  expect(await tokens.validate('x'.repeat(2_048))).not.toBeNull();
  expect(await tokens.validate('x'.repeat(2_049))).toBeNull();
  expect(asked.map(({ length }) => length)).toEqual([2_048]);
});
