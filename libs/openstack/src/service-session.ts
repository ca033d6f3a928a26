import { readFileSync } from 'node:fs';
import { StartError } from '@app/domain';
import type { KeystoneConfig } from './keystone.config.js';
import { type Keystone, KeystoneUnavailable } from './keystone.js';
import type { Endpoint } from './catalog.js';
import { readToken } from './token.js';

export interface OwnToken {
  /** A secret. */
  id: string;
  /** From when on another one is asked for: a tenth of its life, a minute at most, before it ends. */
  renewAt: number;
  /** Who gave it. */
  url: string;
  roles: readonly string[];
  /** Where its catalog has compute. */
  compute: readonly Endpoint[];
}

const MOST_BEFORE_MS = 60_000;

/** This service's own token. */
export class ServiceSession {
  private own: OwnToken | null = null;
  private asking: Promise<OwnToken> | null = null;

  /** @throws StartError for a file with a secret that cannot be read: it may be another one later, but it must be there */
  constructor(
    private readonly keystone: Keystone,
    private readonly config: KeystoneConfig,
  ) {
    try {
      credentials(config);
    } catch (cause) {
      throw new StartError(`${(cause as Error).message}.`, { cause });
    }
  }

  /** One that has not expired; many who ask at once share one question. @throws KeystoneUnavailable */
  async token(): Promise<OwnToken> {
    if (this.own && Date.now() < this.own.renewAt) return this.own;
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  /** Keystone no longer takes it. */
  forget(refused: OwnToken): void {
    if (this.own === refused) this.own = null;
  }

  private async ask(): Promise<OwnToken> {
    const { url, status, body, subjectToken } = await this.keystone.ask('POST', '', {}, { auth: credentials(this.config) });
    const token = status === 201 ? readToken(body) : null;
    if (!token || subjectToken === null) {
      const doubt = [401, 403, 404].includes(status) ? `: are ${namesOf(this.config)} right?` : '';
      throw new KeystoneUnavailable(`Keystone at ${url} gives this service no token, it answered ${status} to its own credentials${doubt}`);
    }
    const life = token.expiresAt.getTime() - Date.now();
    const renewAt = token.expiresAt.getTime() - Math.min(MOST_BEFORE_MS, life / 10);
    this.own = { id: subjectToken, renewAt, url, roles: token.roles, compute: token.compute };
    return this.own;
  }
}

const namesOf = ({ OS_APPLICATION_CREDENTIAL_ID }: KeystoneConfig): string =>
  OS_APPLICATION_CREDENTIAL_ID === undefined
    ? 'OS_AUTH_URL, OS_USERNAME, OS_PASSWORD or its file, OS_PROJECT_NAME and the domains'
    : 'OS_AUTH_URL, OS_APPLICATION_CREDENTIAL_ID and its secret';

function credentials(config: KeystoneConfig): object {
  const { OS_APPLICATION_CREDENTIAL_ID: id, OS_APPLICATION_CREDENTIAL_SECRET, OS_APPLICATION_CREDENTIAL_SECRET_FILE } = config;
  if (id !== undefined) {
    const secret =
      OS_APPLICATION_CREDENTIAL_SECRET ?? secretIn('OS_APPLICATION_CREDENTIAL_SECRET_FILE', OS_APPLICATION_CREDENTIAL_SECRET_FILE);
    return { identity: { methods: ['application_credential'], application_credential: { id, secret } } };
  }
  const password = config.OS_PASSWORD ?? secretIn('OS_PASSWORD_FILE', config.OS_PASSWORD_FILE);
  return {
    identity: {
      methods: ['password'],
      password: { user: { name: config.OS_USERNAME, domain: { name: config.OS_USER_DOMAIN_NAME }, password } },
    },
    scope: { project: { name: config.OS_PROJECT_NAME, domain: { name: config.OS_PROJECT_DOMAIN_NAME } } },
  };
}

/** @throws KeystoneUnavailable: without it nobody can be asked */
function secretIn(variable: string, path = ''): string {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch (cause) {
    throw new KeystoneUnavailable(`${variable}: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
