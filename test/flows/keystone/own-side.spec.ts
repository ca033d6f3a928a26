import { join } from 'node:path';
import { KeystoneConfig, Keystone } from '@app/openstack';
import { Certificates } from '../../support/certificates';
import { KeystoneWorld } from '../../support/keystone-world';
import { currentRun } from '../../support/test-run';
import { TlsFront } from '../../support/tls-front';
import { until } from '../../support/until';

/** What the service brings along to Keystone: the CA that it trusts, its own token, and a memory that has an end. */
let given: KeystoneWorld;
let front: TlsFront;
let certificates: Certificates;
beforeAll(async () => {
  certificates = new Certificates(join(currentRun().folder, 'keystone-tls'));
  front = await TlsFront.start(certificates.signed('localhost', ['DNS:localhost']));
  const config = { OS_CACERT: certificates.ca, TOKEN_CACHE_SIZE: 1, KEYSTONE_RETRIES: 0 };
  given = await KeystoneWorld.start({ config, authUrl: (url) => front.before(url) });
}, 180_000);
afterAll(async () => {
  await given.stop();
  await front.stop();
});

it('a Keystone whose certificate OS_CACERT has signed is believed', async () => {
  expect((await given.list(await given.member.token())).status).toBe(200);
});

it.each([
  ['has not signed', () => new Certificates(join(currentRun().folder, 'keystone-tls-other')).ca, (url: string) => url],
  ['has signed for another name', () => certificates.ca, (url: string) => url.replace('localhost', '127.0.0.1')],
])('a Keystone whose certificate OS_CACERT %s hears no secret', async (_, ca, named) => {
  const OS_AUTH_URL = named(front.before(given.keystone.url));
  const keystone = new Keystone(Object.assign(new KeystoneConfig(), { OS_AUTH_URL, OS_CACERT: ca(), KEYSTONE_RETRIES: 0 }));

  await expect(keystone.ask('POST', '', {}, { auth: 'a secret' })).rejects.toThrow(/certificate|altnames/i);

  await keystone.close();
});

it('of more tokens than are kept, the one that was not used for the longest is asked about again', async () => {
  const [one, other] = [await given.member.token(), await given.nova.token()];
  const asked = async (token: string) => {
    const before = given.keystone.validations;
    await given.list(token);
    return given.keystone.validations - before;
  };

  expect([await asked(one), await asked(one), await asked(other), await asked(one)]).toEqual([1, 0, 1, 1]);
});

it('an own token that Keystone has revoked is replaced, and the caller hears nothing of it', async () => {
  await given.list(await given.member.token());
  const alike = await given.own.token();

  await given.identities.revokeAll(given.own);

  await until('what the service had is no longer good', async () => (await given.list(alike)).status === 401);
  // Within the second of the revocation Keystone takes a new token for revoked as well.
  await until('a new own token is taken', async () => (await given.list(await given.member.token())).status === 200);
});
