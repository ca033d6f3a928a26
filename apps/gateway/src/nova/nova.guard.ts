import { type ComputeUse, type ReleaseGuard, StartError, usedByCompute } from '@app/domain';
import { type Endpoint, type KeystoneConfig, Nova, type NovaConfig, NovaError, urlIn } from '@app/openstack';
import { createParamDecorator, type ExecutionContext, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ForeignFault } from '../openstack/faults.js';

/** Whoever asks, as far as compute is concerned. */
export interface NovaRequester {
  /** The user's, which compute is asked with; a secret. */
  token: string;
  isService: boolean;
  /** Where the user's catalog has compute. */
  compute: readonly Endpoint[];
  requestId: string;
}

export const Requester = createParamDecorator((_: unknown, context: ExecutionContext): NovaRequester => {
  const { headers, id, openstack } = context.switchToHttp().getRequest<FastifyRequest>();
  const token = headers['x-auth-token'];
  const isService = openstack.caller?.isService ?? false;
  return { token: typeof token === 'string' ? token.trim() : '', isService, compute: openstack.compute, requestId: id };
});

/** The one question that compute is asked: whether an instance still uses what a user is about to detach (spec: state-machine §6). */
@Injectable()
export class NovaGuard implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(NovaGuard.name);
  private readonly nova: Nova | null;

  /** @throws StartError for a catalog that nobody has, and for an OS_CACERT that is no certificate */
  constructor(
    private readonly config: NovaConfig,
    private readonly keystone: KeystoneConfig | undefined,
  ) {
    if (config.NOVA_GUARD === 'catalog' && !keystone)
      throw new StartError('NOVA_GUARD is catalog, but must be url or off: without AUTH_STRATEGY=keystone no token has a catalog.');
    const { NOVA_GUARD = keystone ? 'catalog' : 'off', NOVA_TIMEOUT_MS } = config;
    this.nova = NOVA_GUARD === 'off' ? null : new Nova({ OS_CACERT: keystone?.OS_CACERT }, NOVA_TIMEOUT_MS);
  }

  onModuleInit(): void {
    if (this.config.NOVA_GUARD === 'off')
      this.logger.warn('NOVA_GUARD is off: users may detach volumes that instances still use (CVE-2023-2088)');
  }

  onModuleDestroy(): Promise<void> | undefined {
    return this.nova?.close();
  }

  /** Null: compute need not be asked, since a service speaks for it, or is not to be. */
  guardFor(requester: NovaRequester): ReleaseGuard | null {
    const { nova } = this;
    if (requester.isService || !nova) return null;
    return (use) => this.ask(nova, requester, use);
  }

  /** @throws conflict where the instance uses it; ForeignFault where compute refuses to say; any other error where it says nothing */
  private async ask(nova: Nova, requester: NovaRequester, { instanceUuid, volumeId, attachmentId }: ComputeUse): Promise<void> {
    const asked = { ...requester, url: this.urlFor(requester) };
    const used = await nova.attachmentOf(asked, instanceUuid, volumeId).catch(passedOn);
    if (used === attachmentId) throw usedByCompute(instanceUuid);
    const said = used === null ? 'knows nothing of it' : `has attachment ${used} in its place`;
    this.logger.warn(
      `attachment ${attachmentId} of instance ${instanceUuid}: compute ${said}, so a user may delete it; a device may be left on its host`,
    );
  }

  private urlFor({ compute }: NovaRequester): string {
    const { NOVA_GUARD, NOVA_URL, NOVA_INTERFACE } = this.config;
    const url = NOVA_GUARD === 'url' ? NOVA_URL : urlIn(compute, NOVA_INTERFACE, this.keystone?.OS_REGION_NAME);
    if (!url) throw new Error("no compute in the catalog of the caller's token, by NOVA_INTERFACE and OS_REGION_NAME");
    return url;
  }
}

function passedOn(error: unknown): never {
  throw error instanceof NovaError ? new ForeignFault(error.status, { cause: error }) : error;
}
