import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentRun } from '../support/test-run';
import { type ClientIdentity, partsOf } from './client-identity';

const CLOUD = 'mooring';

/** A token and a URL in place of Keystone. */
export class NoauthIdentity implements ClientIdentity {
  constructor(private readonly url: string) {}

  async token(named: string): Promise<string> {
    return named;
  }

  userOf(named: string): string {
    return partsOf(named).user;
  }

  /** Its noauth plugin makes the token of user and project, so roles stand behind the project; it can name none of its own. */
  async cinder(named: string): Promise<Record<string, string>> {
    const [userId = '', ...project] = named.split(':');
    return { OS_AUTH_TYPE: 'noauth', OS_USER_ID: userId, OS_PROJECT_ID: project.join(':'), CINDER_ENDPOINT: `${this.url}/v3` };
  }

  async openstack(named: string, neighbours: string | null): Promise<Record<string, string>> {
    const volumes = this.volumesOf(named);
    if (neighbours !== null) return { OS_CLOUD: CLOUD, OS_CLIENT_CONFIG_FILE: cloudsFile(volumes, neighbours, named) };
    return { OS_AUTH_TYPE: 'admin_token', OS_TOKEN: named, OS_ENDPOINT: volumes };
  }

  async sdk(named: string): Promise<object> {
    return { auth_type: 'admin_token', auth: { endpoint: this.volumesOf(named) }, token: named };
  }

  async stop(): Promise<void> {}

  private volumesOf(named: string): string {
    return `${this.url}/v3/${partsOf(named).project}`;
  }
}

/** Two endpoints do not fit into variables: the command takes the second one from a clouds.yaml only. */
function cloudsFile(volumes: string, neighbours: string, token: string): string {
  const file = join(currentRun().folder, `clouds-${randomUUID()}.yaml`);
  writeFileSync(
    file,
    JSON.stringify({
      clouds: { [CLOUD]: { auth_type: 'admin_token', auth: { endpoint: neighbours }, token, block_storage_endpoint_override: volumes } },
    }),
  );
  return file;
}
