import { KeystoneConfig } from '@app/openstack';
import { Identities, type Project, type User } from '../support/identities';
import { PrivateKeystone } from '../support/private-keystone';
import { currentRun } from '../support/test-run';
import { type ClientIdentity, partsOf } from './client-identity';
import { Neighbours } from './neighbours';

export const REGION = 'RegionOne';

/** A Keystone with the service's own user, and callers as they are named. */
export async function keystoneIdentity(): Promise<{ identity: KeystoneIdentity; config: KeystoneConfig }> {
  const keystone = await PrivateKeystone.create(currentRun().folder, { saysItCloses: true });
  const identities = new Identities(keystone.url);
  const own = await identities.user(['service'], await identities.project());
  const config = Object.assign(new KeystoneConfig(), { OS_AUTH_URL: keystone.url, OS_REGION_NAME: REGION, ...own.configuration });
  return { identity: new KeystoneIdentity(keystone, identities, await Neighbours.start()), config };
}

/** Users with passwords, and a catalog. */
export class KeystoneIdentity implements ClientIdentity {
  private readonly users = new Map<string, Promise<User>>();
  private readonly projects = new Map<string, Promise<Project>>();
  private readonly tokens = new Map<string, Promise<string>>();

  constructor(
    private readonly keystone: PrivateKeystone,
    private readonly identities: Identities,
    private readonly neighbours: Neighbours,
  ) {}

  /** What the commands look for in a catalog; compute, which the guard asks before a user's delete, knows of no attachment. */
  async servesVolumesAt(url: string): Promise<void> {
    const catalog = {
      volumev3: url,
      identity: `${this.keystone.url}/v3`,
      compute: this.neighbours.url,
      image: `${this.neighbours.url}/v2`,
    };
    for (const [type, at] of Object.entries(catalog)) await this.identities.endpoint(type, at, REGION);
  }

  token(named: string): Promise<string> {
    return once(this.tokens, named, async () => (await this.user(named)).token());
  }

  /** Keystone has an `admin` of its own. */
  userOf(named: string): string {
    return `${partsOf(named).user}-here`;
  }

  async cinder(named: string): Promise<Record<string, string>> {
    return this.variables(named);
  }

  async openstack(named: string): Promise<Record<string, string>> {
    return { ...(await this.variables(named)), OS_IDENTITY_API_VERSION: '3' };
  }

  async sdk(named: string): Promise<object> {
    return { auth_type: 'password', auth: await this.password(named), region_name: REGION };
  }

  /** As keystoneauth's password plugin takes it. */
  async password(named: string): Promise<object> {
    const { OS_USERNAME: username, OS_PASSWORD: password } = (await this.user(named)).configuration;
    return { auth_url: `${this.keystone.url}/v3`, username, password, user_domain_id: 'default', project_id: partsOf(named).project };
  }

  async stop(): Promise<void> {
    await this.neighbours.stop();
    await this.keystone.remove();
  }

  private async variables(named: string): Promise<Record<string, string>> {
    const { OS_USERNAME, OS_PASSWORD } = (await this.user(named)).configuration;
    return {
      OS_AUTH_TYPE: 'password',
      OS_AUTH_URL: `${this.keystone.url}/v3`,
      OS_USERNAME,
      OS_PASSWORD,
      OS_USER_DOMAIN_ID: 'default',
      OS_PROJECT_ID: partsOf(named).project,
      OS_REGION_NAME: REGION,
    };
  }

  user(named: string): Promise<User> {
    const { project, roles } = partsOf(named);
    return once(this.users, named, async () => {
      const theirs = await once(this.projects, project, () => this.keystone.addProject(project));
      return this.identities.user(roles, theirs, this.userOf(named));
    });
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
