import type { World } from '../support/world';
import { CINDER } from './packages';
import { complaint, printed } from './ran';
import { onlyTableIn, propertiesIn, type Row } from './tables';

/** The newest microversion that Debian's python3-cinderclient speaks. */
const NEWEST = '3.70';

/**
 * The `cinder` command of one caller. Its noauth plugin makes the token of user and project, so roles stand behind the project; it can
 * name no roles of its own, and is an administrator without.
 */
export class CinderCli {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly version: string,
  ) {}

  /** As the member of project 1. */
  static of(world: World): CinderCli {
    return new CinderCli(world.gateway.url, world.member, NEWEST);
  }

  as(token: string): CinderCli {
    return new CinderCli(this.url, token, this.version);
  }

  at(version: string): CinderCli {
    return new CinderCli(this.url, this.token, version);
  }

  /** @throws unless it succeeds. */
  run(...words: string[]): Promise<string> {
    return printed(CINDER, words, this.environment);
  }

  /** What it says against a command that fails. */
  refused(...words: string[]): Promise<string> {
    return complaint(CINDER, words, this.environment);
  }

  /** The rows of the one table that it prints. @throws where it prints none, or several. */
  async list(...words: string[]): Promise<Row[]> {
    return onlyTableIn(await this.run(...words));
  }

  /** What it prints of one thing. */
  async show(...words: string[]): Promise<Row> {
    return propertiesIn(await this.run(...words));
  }

  private get environment(): Record<string, string> {
    const [userId = '', ...project] = this.token.split(':');
    return {
      OS_AUTH_TYPE: 'noauth',
      OS_USER_ID: userId,
      OS_PROJECT_ID: project.join(':'),
      CINDER_ENDPOINT: `${this.url}/v3`,
      OS_VOLUME_API_VERSION: this.version,
    };
  }
}
