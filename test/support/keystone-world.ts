import { KeystoneConfig } from '@app/openstack';
import { Identities, type Project, type User } from './identities';
import { PrivateKeystone } from './private-keystone';
import type { Answer } from './started-apps';
import { currentRun } from './test-run';
import { startWorld, type World, type WorldOptions } from './world';

interface Given {
  config?: Partial<KeystoneConfig>;
  world?: WorldOptions;
  keystone?: Parameters<typeof PrivateKeystone.create>[1];
  /** OS_AUTH_URL, made from Keystone's. */
  authUrl?: (url: string) => string;
  /** The service proves itself by an application credential, and not by its password. */
  byCredential?: boolean;
}

/** A world whose callers are known by a Keystone of its own, and what the tests of it need there. */
export class KeystoneWorld {
  private constructor(
    readonly world: World,
    readonly keystone: PrivateKeystone,
    readonly identities: Identities,
    /** The project that `member` works in. */
    readonly project: Project,
    readonly member: User,
    readonly nova: User,
    /** The service's own. */
    readonly own: User,
  ) {}

  static async start({ config, world, keystone: settings, authUrl = (url) => url, byCredential }: Given = {}): Promise<KeystoneWorld> {
    const keystone = await PrivateKeystone.create(currentRun().folder, settings);
    const identities = new Identities(keystone.url);
    const project = await identities.project();
    const services = await identities.project();
    const member = await identities.user(['member'], project);
    const nova = await identities.user(['service'], services);
    const own = await identities.user(['service'], services);
    const { configuration } = byCredential ? await own.credential() : own;
    const asked: Partial<KeystoneConfig> = { OS_AUTH_URL: authUrl(keystone.url), ...configuration, ...config };
    const started = await startWorld({ ...world, keystone: Object.assign(new KeystoneConfig(), asked) });
    return new KeystoneWorld(started, keystone, identities, project, member, nova, own);
  }

  /** A list of attachments, as the holder of this token asks for it. */
  list(token: string | null, headers: Record<string, string> = {}): Promise<Answer> {
    return this.world.request('GET', '/v3/attachments', undefined, { 'X-Auth-Token': token, ...headers });
  }

  async stop(): Promise<void> {
    await this.world.stop();
    await this.keystone.remove();
  }
}

export const UNAUTHORIZED = { error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } };
