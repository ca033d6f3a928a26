import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { KeystoneConfig } from './keystone.config.js';
import { type Keystone, KeystoneUnavailable } from './keystone.js';
import type { ServiceSession } from './service-session.js';
import { hasExpired, readToken, type Token } from './token.js';

/** Null: Keystone does not know it, or no longer. */
type Finding = { token: Token | null };
interface Question {
  id: string;
  allowExpired: boolean;
}

/** So long is a token that is no good not asked about again: enough to keep a flood of them from Keystone. */
const REFUSED_MS = 5_000;
/** No token that Keystone makes is nearly as long. One that is may be more than its server reads of a request, which then looks like an outage. */
const LONGEST = 2_048;

const ASKING_ROLES = ['service', 'admin'];
/** To whoever has neither. */
export const MAY_ASK = `by Keystone's own policy only a user with the role ${ASKING_ROLES.join(' or ')} may ask about others' tokens`;
export const mayAsk = (roles: readonly string[]): boolean => ASKING_ROLES.some((role) => roles.includes(role));

/** What Keystone says of others' tokens, remembered for a while under a digest of each. */
export class TokenValidator {
  private readonly findings: LRUCache<string, Finding, Question>;

  constructor(
    private readonly keystone: Keystone,
    private readonly session: ServiceSession,
    private readonly config: Pick<KeystoneConfig, 'TOKEN_CACHE_SECONDS' | 'TOKEN_CACHE_SIZE'>,
  ) {
    // Those who ask about one token at the same time share one question.
    this.findings = new LRUCache<string, Finding, Question>({
      max: config.TOKEN_CACHE_SIZE,
      // Also those who asked about what was forgotten meanwhile have their answer.
      ignoreFetchAbort: true,
      fetchMethod: async (_key, _stale, { context, options }) => {
        const token = await this.asked(context);
        options.ttl = this.keptMs(token);
        return { token };
      },
    });
  }

  /**
   * Null: not a token that is good now; with `allowExpired` also one that has expired not long ago is good, as Keystone has it.
   * @throws KeystoneUnavailable
   */
  async validate(id: string, allowExpired = false): Promise<Token | null> {
    if (id.length > LONGEST) return null;
    // Asked in these two ways, Keystone may say different things of one token.
    const key = createHash('sha256')
      .update(allowExpired ? 'expired ' : 'valid ')
      .update(id)
      .digest('base64');
    const { token } = await this.findings.forceFetch(key, { context: { id, allowExpired } });
    return token && (allowExpired || !hasExpired(token)) ? token : null;
  }

  /** In ms. Not at all is a millisecond, since 0 means for ever to the cache. */
  private keptMs(token: Token | null): number {
    const asked = this.config.TOKEN_CACHE_SECONDS * 1000;
    return Math.max(1, token ? asked : Math.min(asked, REFUSED_MS));
  }

  private async asked(question: Question, mayRenew = true): Promise<Token | null> {
    const own = await this.session.token();
    const { url, status, body } = await this.keystone.ask('GET', question.allowExpired ? '?allow_expired=1' : '', {
      'X-Auth-Token': own.id,
      'X-Subject-Token': question.id,
      'OpenStack-Identity-Access-Rules': '1',
    });
    const token = status === 200 ? readToken(body) : null;
    if (token) return token;
    if (status === 404) return null;
    if (status === 401) this.session.forget(own);
    if (status === 401 && mayRenew) return this.asked(question, false);
    const why = status === 403 ? `: ${MAY_ASK}` : '';
    throw new KeystoneUnavailable(`Keystone at ${url} does not answer this service about tokens, but with ${status}${why}`);
  }
}
