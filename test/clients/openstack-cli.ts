import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentRun } from '../support/test-run';
import type { World } from '../support/world';
import { OPENSTACK } from './packages';
import { complaint, printed } from './ran';

const NEWEST = '3.70';

interface Place {
  /** Of the volume service, with the project in it. */
  url: string;
  /** Where compute and identity are; null: nowhere. */
  neighbours: string | null;
}

/** The `openstack` command of one caller, who has a token and a URL in place of Keystone. */
export class OpenStackCli {
  private constructor(
    private readonly place: Place,
    private readonly token: string,
    private readonly version: string,
  ) {}

  /** As the member of project 1. */
  static of(world: World): OpenStackCli {
    return new OpenStackCli({ url: world.gateway.url, neighbours: null }, world.member, NEWEST);
  }

  as(token: string): OpenStackCli {
    return new OpenStackCli(this.place, token, this.version);
  }

  at(version: string): OpenStackCli {
    return new OpenStackCli(this.place, this.token, version);
  }

  /** For commands that look servers, projects or users up. */
  beside(neighbours: { url: string }): OpenStackCli {
    return new OpenStackCli({ ...this.place, neighbours: neighbours.url }, this.token, this.version);
  }

  /** @throws unless it succeeds. */
  run(...words: string[]): Promise<string> {
    return printed(OPENSTACK, words, this.environment);
  }

  /** What it says against a command that fails. */
  refused(...words: string[]): Promise<string> {
    return complaint(OPENSTACK, words, this.environment);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it prints is what the test looks at
  async json(...words: string[]): Promise<any> {
    return JSON.parse(await this.run(...words, '-f', 'json'));
  }

  private get environment(): Record<string, string> {
    const { url, neighbours } = this.place;
    const volumes = `${url}/v3/${this.token.split(':')[1]}`;
    const version = { OS_VOLUME_API_VERSION: this.version };
    if (neighbours !== null) return { OS_CLOUD: CLOUD, OS_CLIENT_CONFIG_FILE: cloudsFile(volumes, neighbours, this.token), ...version };
    return { OS_AUTH_TYPE: 'admin_token', OS_TOKEN: this.token, OS_ENDPOINT: volumes, ...version };
  }
}

const CLOUD = 'mooring';

/** Two endpoints do not fit into variables: the command takes the second one from a clouds.yaml only. */
function cloudsFile(volumes: string, neighbours: string, token: string): string {
  const auth = { endpoint: neighbours, token };
  const file = join(currentRun().folder, `clouds-${randomUUID()}.yaml`);
  writeFileSync(
    file,
    JSON.stringify({ clouds: { [CLOUD]: { auth_type: 'admin_token', auth, block_storage_endpoint_override: volumes } } }),
  );
  return file;
}
