import { Keystone, type KeystoneConfig, ServiceSession, type Token, TokenValidator } from '@app/openstack';
import { type Finding, ok, warning } from './finding.js';

/** Who may ask about others' tokens, by Keystone's own policy. */
const MAY_VALIDATE = ['service', 'admin'];

/** The service's own token, and what Keystone says of it. */
export interface OwnToken extends Token {
  /** A secret. */
  id: string;
}

/** @throws where Keystone gives none */
export async function ownToken(config: KeystoneConfig): Promise<OwnToken> {
  const keystone = new Keystone(config);
  try {
    const session = new ServiceSession(keystone, config);
    const { id } = await session.token();
    const token = await new TokenValidator(keystone, session, config).validate(id);
    if (!token) throw new Error('Keystone gives this service a token, and does not know it');
    return { ...token, id };
  } finally {
    await keystone.close();
  }
}

export function examineIdentity({ roles, expiresAt }: OwnToken, { OS_AUTH_URL }: KeystoneConfig): Finding[] {
  const found = `own token from ${OS_AUTH_URL}, good until ${expiresAt.toISOString()}, roles ${roles.join(', ') || 'none'}`;
  if (roles.some((role) => MAY_VALIDATE.includes(role))) return [ok('keystone', found)];
  return [warning('keystone', `${found}: by Keystone's policy only ${MAY_VALIDATE.join(' and ')} may ask about others' tokens`)];
}
