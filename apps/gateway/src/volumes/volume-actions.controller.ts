import { Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { type Caller as CallerFacts, VolumeActionsService, VolumesService } from '@app/attachments';
import { type AttachByAction, type ReleaseGuard, withoutSecrets } from '@app/domain';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { NovaGuard, type NovaRequester, Requester } from '../nova/nova.guard.js';
import { Describes } from '../openapi/describes.js';
import { Actions } from '../openstack/actions.js';
import { booleanOf } from '../openstack/boolean-words.js';
import { isAtLeast, microversion, type Microversion } from '../openstack/microversion.js';
import { decode } from '../openstack/request-body.js';
import { ActionName, Body, Caller, May, Version } from '../openstack/request-context.js';
import { leave, type May as MayOf } from '../policy/policy.parts.js';
import { noted } from '../operations/noted.js';
import { OperationWaiter } from '../operations/operation.waiter.js';
import { ConnectionActions } from './connection.actions.js';
import { newVolumeRules } from './new-volume-rules.js';
import { VOLUME_ACTION_ROUTES } from './volume-action.descriptions.js';
import { resetOf } from './volume-action.requests.js';
import { actionFacts, type Said, SINCE, type VolumeActionName } from './volume-actions.js';

const EXTENDED_IN_USE_SINCE = microversion('3.42');

interface Asked {
  caller: CallerFacts;
  id: string;
  version: Microversion;
  may: MayOf;
  /** For what lets go of a volume. */
  guard: ReleaseGuard | null;
}
type Act = (asked: Asked, said: unknown) => Promise<unknown>;

/** `POST /volumes/{id}/action`: what clients of the attachments API, older clients and administrators send (spec: volumes-surface §5). */
@Controller('v3/volumes')
@Describes(VOLUME_ACTION_ROUTES)
export class VolumeActionsController {
  constructor(
    private readonly volumes: VolumesService,
    private readonly actions: VolumeActionsService,
    private readonly connections: ConnectionActions,
    private readonly waiter: OperationWaiter,
    private readonly nova: NovaGuard,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Post(':id/action')
  @Actions(SINCE)
  async act(
    @Param('id') id: string,
    @ActionName() action: VolumeActionName,
    @Body() body: Record<string, unknown>,
    @Caller() caller: CallerFacts,
    @Version() version: Microversion,
    @May() may: MayOf,
    @Requester() requester: NovaRequester,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    void reply.status(actionFacts(action).status);
    const carryOut = this.carriedOut[action] as Act; // each takes what the class of its own name lets through
    return carryOut({ caller, id, version, may, guard: this.nova.guardFor(requester) }, saidIn(action, body));
  }

  private readonly carriedOut: { [Name in VolumeActionName]: (asked: Asked, said: Said<Name>) => Promise<unknown> } = {
    'os-reserve': ({ caller, id }) => this.actions.reserve(caller, id),
    'os-unreserve': ({ caller, id }) => this.actions.unreserve(caller, id),
    'os-begin_detaching': ({ caller, id }) => this.actions.beginDetaching(caller, id),
    'os-roll_detaching': ({ caller, id }) => this.actions.rollDetaching(caller, id),
    'os-attach': ({ caller, id }, said) => this.actions.attach(caller, id, attachmentOf(said)),
    'os-detach': ({ caller, id, guard }, { attachment_id: attachmentId = null }) =>
      this.connections.detach(caller, id, { attachmentId, guard }),
    'os-initialize_connection': async ({ caller, id, may }, { connector }) => {
      const info = await this.connections.initialize(caller, id, connector);
      // Who is no administrator finds what is in the own project alone.
      const of = caller.isAdmin ? await this.volumes.find(caller, id) : { projectId: caller.projectId };
      return { connection_info: may('volume:attachment_secrets', { projectId: of.projectId }) ? info : withoutSecrets(info) };
    },
    'os-terminate_connection': ({ caller, id, guard }, { connector }) => this.connections.terminate(caller, id, { connector, guard }),
    'os-force_detach': ({ caller, id, guard }, { connector = null, attachment_id: attachmentId = null }) =>
      this.connections.forceDetach(caller, id, { connector, attachmentId, guard }),
    'os-reset_status': ({ caller, id }, said) => this.actions.resetStatus(caller, id, resetOf(said)),
    'os-force_delete': async ({ caller, id }) => this.ring(caller, await this.volumes.beginDelete(caller, id, true)),
    'os-migrate_volume_completion': ({ caller, id }, { new_volume: newId, error }) =>
      this.connections.completeMigration(caller, id, { newId, failed: isTrue(error) }),
    'os-extend': async ({ caller, id, version, may }, { new_size: size }) => {
      const leaveInUse = isAtLeast(version, EXTENDED_IN_USE_SINCE) ? leave(may, 'volume:extend_attached_volume') : null;
      this.ring(caller, await this.actions.extend(caller, id, Number(size), { leaveInUse, rules: newVolumeRules(this.config) }));
    },
    'os-set_bootable': ({ caller, id }, { bootable }) => this.actions.setBootable(caller, id, isTrue(bootable)),
    'os-update_readonly_flag': ({ caller, id }, { readonly }) => this.actions.setReadonly(caller, id, isTrue(readonly)),
  };

  private ring(caller: CallerFacts, promised: Parameters<typeof noted>[0] | null): void {
    if (promised) this.waiter.ring(noted(promised), caller.requestId);
  }
}

/** @throws invalid */
function saidIn(action: VolumeActionName, sent: Record<string, unknown>): unknown {
  const { body, orNull } = actionFacts(action);
  if (!body) return undefined;
  return (decode(body, orNull ? { [action]: sent[action] ?? {} } : sent) as Record<string, unknown>)[action];
}

const isTrue = (said: unknown): boolean => booleanOf(said) === true;

/** A host's name is kept in the form in which Cinder keeps it (spec: state-machine §7). */
function attachmentOf(said: Said<'os-attach'>): AttachByAction {
  const { mountpoint, mode = 'rw', instance_uuid: instanceUuid = null, host_name } = said;
  return { instanceUuid, host: host_name === undefined ? null : plainHost(host_name), mountpoint, mode };
}

const plainHost = (name: string): string =>
  name
    .replace(/[ _]/g, '-')
    .replace(/[^\w.-]+/g, '')
    .toLowerCase()
    .replace(/^[.-]+|[.-]+$/g, '');
