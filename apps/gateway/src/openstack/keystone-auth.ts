import { isAccessible, Keystone, type KeystoneConfig, MAY_ASK, mayAsk, ServiceSession, type Token, TokenValidator } from '@app/openstack';
import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication, Identity } from './authentication.js';
import { JSON_MEDIA_TYPE } from './media-type.js';

/** What keystonemiddleware does in front of Cinder (spec: microversions-and-errors §4, state-machine §6.1). */
export class KeystoneAuth implements Authentication {
  private readonly keystone: Keystone;
  private readonly logger = new Logger(KeystoneAuth.name);
  private readonly session: ServiceSession;
  private readonly tokens: TokenValidator;
  private readonly serviceRoles: readonly string[];
  private readonly whereToGo: string;

  /** @throws StartError when OS_CACERT is no certificate */
  constructor(config: KeystoneConfig) {
    this.keystone = new Keystone(config);
    this.session = new ServiceSession(this.keystone, config);
    this.tokens = new TokenValidator(this.keystone, this.session, config);
    this.serviceRoles = config.SERVICE_TOKEN_ROLES.split(',').map((role) => role.trim());
    this.whereToGo = `Keystone uri="${config.WWW_AUTHENTICATE_URI ?? this.keystone.urls[0]}"`;
  }

  async identify(request: FastifyRequest): Promise<Identity | null> {
    const userToken = tokenIn(request, 'x-auth-token');
    if (userToken === null) return null;
    const serviceToken = tokenIn(request, 'x-service-token');
    const service = serviceToken === null ? null : await this.tokens.validate(serviceToken);
    // One that is no good is not as good as none: a service that believes to be known must hear that it is not.
    if (serviceToken !== null && !this.isOfService(service)) return null;
    // A service may finish what its user began, also when that took longer than the user's token was good for.
    const user = await this.tokens.validate(userToken, service !== null);
    if (!user || !(service || isAccessible(user, request.method, pathOf(request)))) return null;
    return identityOf(user, service);
  }

  async prove(): Promise<void> {
    const silent = await this.keystone.silent();
    // Where none answers, the question says so.
    if (silent.size < this.keystone.urls.length) {
      for (const [url, why] of silent) this.logger.warn(`Keystone does not answer at ${url}, and is asked elsewhere: ${why}`);
    }
    try {
      const { url, roles } = await this.session.token();
      this.logger.log(`Keystone at ${url} knows this service`);
      if (!mayAsk(roles)) {
        const has = `this service has the roles ${roles.join(', ') || 'none'} at Keystone`;
        this.logger.warn(`${has}: ${MAY_ASK}. Unless that was changed, callers hear 503.`);
      }
    } catch (error) {
      this.logger.error(`callers hear 503 until Keystone can be asked: ${(error as Error).message}`);
    }
  }

  refuse(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return reply
      .status(401)
      .header('WWW-Authenticate', this.whereToGo)
      .header('Content-Type', JSON_MEDIA_TYPE)
      .send(JSON.stringify(UNAUTHORIZED_BODY));
  }

  close(): Promise<void> {
    return this.keystone.close();
  }

  private isOfService(token: Token | null): token is Token {
    return token?.roles.some((role) => this.serviceRoles.includes(role)) ?? false;
  }
}

export const UNAUTHORIZED_BODY = {
  error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
};

const identityOf = ({ userId, projectId, roles, isOfSystem, isAdminProject, compute }: Token, service: Token | null): Identity => ({
  userId,
  projectId: projectId ?? '',
  roles,
  serviceRoles: service?.roles ?? [],
  serviceUserId: service?.userId ?? null,
  isService: service !== null,
  isOfSystem,
  isAdminProject,
  compute,
});

/** Without the blanks that some clients leave around it; null where there is none. */
function tokenIn({ headers }: FastifyRequest, name: 'x-auth-token' | 'x-service-token'): string | null {
  const token = headers[name];
  return typeof token === 'string' && token.trim() !== '' ? token.trim() : null;
}

const pathOf = ({ originalUrl }: FastifyRequest): string => originalUrl.split('?', 1)[0] ?? '';
