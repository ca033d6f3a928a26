import type { ClientWorld } from './client-world';
import { CINDER } from './packages';
import { complaint, printed } from './ran';
import { onlyTableIn, propertiesIn, type Row } from './tables';

/** The newest microversion that Debian's python3-cinderclient speaks. */
const NEWEST = '3.70';

/** The `cinder` command of one caller. */
export class CinderCli {
  private constructor(
    private readonly world: ClientWorld,
    private readonly token: string,
    private readonly version: string,
  ) {}

  /** As the member of project 1. */
  static of(world: ClientWorld): CinderCli {
    return new CinderCli(world, world.member, NEWEST);
  }

  as(token: string): CinderCli {
    return new CinderCli(this.world, token, this.version);
  }

  at(version: string): CinderCli {
    return new CinderCli(this.world, this.token, version);
  }

  /** @throws unless it succeeds. */
  async run(...words: string[]): Promise<string> {
    return printed(CINDER, words, await this.environment());
  }

  /** What it says against a command that fails. */
  async refused(...words: string[]): Promise<string> {
    return complaint(CINDER, words, await this.environment());
  }

  /** The rows of the one table that it prints. @throws where it prints none, or several. */
  async list(...words: string[]): Promise<Row[]> {
    return onlyTableIn(await this.run(...words));
  }

  /** What it prints of one thing. */
  async show(...words: string[]): Promise<Row> {
    return propertiesIn(await this.run(...words));
  }

  private async environment(): Promise<Record<string, string>> {
    return { ...(await this.world.identity.cinder(this.token)), OS_VOLUME_API_VERSION: this.version };
  }
}
