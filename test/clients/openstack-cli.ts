import type { ClientWorld } from './client-world';
import { OPENSTACK } from './packages';
import { complaint, printed } from './ran';

const NEWEST = '3.70';

/** The `openstack` command of one caller. */
export class OpenStackCli {
  private constructor(
    private readonly world: ClientWorld,
    private readonly token: string,
    private readonly version: string,
    /** Where compute and identity are; null: nowhere that noauth knows. */
    private readonly neighbours: string | null = null,
  ) {}

  /** As the member of project 1. */
  static of(world: ClientWorld): OpenStackCli {
    return new OpenStackCli(world, world.member, NEWEST);
  }

  as(token: string): OpenStackCli {
    return new OpenStackCli(this.world, token, this.version, this.neighbours);
  }

  at(version: string): OpenStackCli {
    return new OpenStackCli(this.world, this.token, version, this.neighbours);
  }

  /** For commands that look servers, projects or users up. */
  beside(neighbours: { url: string }): OpenStackCli {
    return new OpenStackCli(this.world, this.token, this.version, neighbours.url);
  }

  /** @throws unless it succeeds. */
  async run(...words: string[]): Promise<string> {
    return printed(OPENSTACK, words, await this.environment());
  }

  /** What it says against a command that fails. */
  async refused(...words: string[]): Promise<string> {
    return complaint(OPENSTACK, words, await this.environment());
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it prints is what the test looks at
  async json(...words: string[]): Promise<any> {
    return JSON.parse(await this.run(...words, '-f', 'json'));
  }

  private async environment(): Promise<Record<string, string>> {
    return { ...(await this.world.identity.openstack(this.token, this.neighbours)), OS_VOLUME_API_VERSION: this.version };
  }
}
