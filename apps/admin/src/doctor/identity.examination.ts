import { Keystone, type KeystoneConfig, MAY_ASK, mayAsk, ServiceSession, type Token, TokenValidator } from '@app/openstack';
import { type Finding, ok, warning } from './finding.js';

/** The service's own token, and what Keystone says of it. */
export interface OwnToken extends Token {
  /** A secret. */
  id: string;
  /** URLs at which Keystone does not answer, and why. */
  silent: ReadonlyMap<string, string>;
}

/** @throws where Keystone gives none */
export async function ownToken(config: KeystoneConfig): Promise<OwnToken> {
  const keystone = new Keystone(config);
  try {
    // First, on connections of its own: some servers end one behind their answer.
    const silent = await keystone.silent();
    const session = new ServiceSession(keystone, config);
    const { id } = await session.token();
    const token = await new TokenValidator(keystone, session, config).validate(id);
    if (!token) throw new Error('Keystone gives this service a token, and does not know it');
    return { ...token, id, silent };
  } finally {
    await keystone.close();
  }
}

export function examineIdentity({ roles, expiresAt, silent }: OwnToken, { OS_AUTH_URL }: KeystoneConfig): Finding[] {
  const away = [...silent].map(([url, why]) => warning('keystone', `no answer at ${url}, which is one of OS_AUTH_URL: ${why}`));
  const found = `own token from ${OS_AUTH_URL}, good until ${expiresAt.toISOString()}, roles ${roles.join(', ') || 'none'}`;
  return [mayAsk(roles) ? ok('keystone', found) : warning('keystone', `${found}: ${MAY_ASK}`), ...away];
}
