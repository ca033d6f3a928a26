import { type ComputeUse, type ReleaseGuard, StartError, usedByCompute } from '@app/domain';
import { type Endpoint, type KeystoneConfig, guardMode, Nova, type NovaConfig, NovaError, novaUrl } from '@app/openstack';
import {
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ForeignFault } from '../openstack/faults.js';

/** Whoever asks, as far as compute is concerned. */
export interface NovaRequester {
  /** The user's, which compute is asked with; a secret. */
  token: string;
  isService: boolean;
  /** Where the user's catalog has compute. */
  compute: readonly Endpoint[];
  /** The client's own, where it sent one: compute's log then has it too. */
  requestId: string;
}

export const Requester = createParamDecorator((_: unknown, context: ExecutionContext): NovaRequester => {
  const { headers, id, openstack } = context.switchToHttp().getRequest<FastifyRequest>();
  const token = headers['x-auth-token'];
  const { isService = false, globalRequestId = null } = openstack.caller ?? {};
  return { token: typeof token === 'string' ? token.trim() : '', isService, compute: openstack.compute, requestId: globalRequestId ?? id };
});

/** The one question that compute is asked: whether an instance still uses what a user is about to detach (spec: state-machine §6). */
@Injectable()
export class NovaGuard implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(NovaGuard.name);
  private readonly nova: Nova | null;

  /** @throws StartError for a catalog that nobody has, and for an OS_CACERT that is no certificate */
  constructor(
    private readonly config: NovaConfig,
    private readonly keystone: KeystoneConfig | undefined,
  ) {
    if (config.NOVA_GUARD === 'catalog' && !keystone)
      throw new StartError('NOVA_GUARD is catalog, but must be url or off: without AUTH_STRATEGY=keystone no token has a catalog.');
    this.nova = guardMode(config, keystone) === 'off' ? null : new Nova({ OS_CACERT: keystone?.OS_CACERT }, config.NOVA_TIMEOUT_MS);
  }

  onModuleInit(): void {
    if (this.config.NOVA_GUARD === 'off')
      this.logger.warn('NOVA_GUARD is off: users may detach volumes that instances still use (CVE-2023-2088)');
  }

  /** Whoever was let in before the end is still answered. */
  onApplicationShutdown(): Promise<void> | undefined {
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
    const asked = { ...requester, url: novaUrl(this.config, this.keystone, requester.compute) };
    const used = await nova.attachmentOf(asked, instanceUuid, volumeId).catch(passedOn);
    if (used === attachmentId) throw usedByCompute(instanceUuid);
    const said = used === null ? 'knows nothing of it' : `has attachment ${used} in its place`;
    this.logger.warn(
      `attachment ${attachmentId} of instance ${instanceUuid}: compute ${said}, so a user may delete it; a device may be left on its host`,
    );
  }
}

function passedOn(error: unknown): never {
  throw error instanceof NovaError ? new ForeignFault(error.status, { cause: error }) : error;
}
