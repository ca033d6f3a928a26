import { Identities } from '../support/identities';
import { KEYSTONE, PrivateKeystone } from '../support/private-keystone';
import { provide } from '../support/installed-programs';
import { PROJECT } from './stored';

export const IDENTITIES = ['noauth', 'keystone'] as const;
export type IdentityKind = (typeof IDENTITIES)[number];

/** A member of the project that owns all that is stored, for whom a service speaks, as compute does; and what the gateway knows them by. */
export interface BenchIdentity {
  headers: Record<string, string>;
  gateway: Record<string, string>;
}

/** With Keystone all but the first of each process's calls find their two tokens known: it is not measured, nor does it work meanwhile. */
export async function benchIdentity(kind: IdentityKind, folder: string): Promise<BenchIdentity> {
  const version = { 'openstack-api-version': 'volume 3.71' };
  if (kind === 'noauth') return { headers: { 'x-auth-token': `bench:${PROJECT}:member`, ...version }, gateway: {} };
  await provide(KEYSTONE);
  const keystone = await PrivateKeystone.create(folder);
  const identities = new Identities(keystone.url);
  const services = await identities.project();
  const [own, nova] = [await identities.user(['service'], services), await identities.user(['service'], services)];
  const member = await identities.user(['member'], await keystone.addProject(PROJECT));
  const { OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME = '' } = own.configuration;
  return {
    headers: { 'x-auth-token': await member.token(), 'x-service-token': await nova.token(), ...version },
    gateway: { AUTH_STRATEGY: 'keystone', OS_AUTH_URL: keystone.url, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME },
  };
}
