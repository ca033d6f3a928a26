import { Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { type Caller as CallerFacts, VolumeActionsService, VolumesService } from '@app/attachments';
import { type AttachByAction, policyRefuses } from '@app/domain';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { Describes } from '../openapi/describes.js';
import { Actions } from '../openstack/actions.js';
import { booleanOf } from '../openstack/boolean-words.js';
import { isAtLeast, microversion, type Microversion } from '../openstack/microversion.js';
import { decode } from '../openstack/request-body.js';
import { ActionName, Body, Caller, Version } from '../openstack/request-context.js';
import { noted } from '../operations/noted.js';
import { OperationWaiter } from '../operations/operation.waiter.js';
import { ConnectionActions } from './connection.actions.js';
import { newVolumeRules } from './new-volume-rules.js';
import { VOLUME_ACTION_ROUTES } from './volume-action.descriptions.js';
import * as requests from './volume-action.requests.js';
import { actionFacts, SINCE, type VolumeActionName } from './volume-actions.js';

const EXTENDED_IN_USE_SINCE = microversion('3.42');

interface Asked {
  caller: CallerFacts;
  id: string;
  body: Record<string, unknown>;
  version: Microversion;
}

/** `POST /volumes/{id}/action`: what clients of the attachments API, older clients and administrators send (spec: volumes-surface §5). */
@Controller('v3/volumes')
@Describes(VOLUME_ACTION_ROUTES)
export class VolumeActionsController {
  constructor(
    private readonly volumes: VolumesService,
    private readonly actions: VolumeActionsService,
    private readonly connections: ConnectionActions,
    private readonly waiter: OperationWaiter,
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
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { status, adminBy } = actionFacts(action);
    if (adminBy !== undefined && !caller.isAdmin) throw policyRefuses(adminBy);
    void reply.status(status);
    return this.carriedOut[action]({ caller, id, body, version });
  }

  private readonly carriedOut: Record<VolumeActionName, (asked: Asked) => Promise<unknown>> = {
    'os-reserve': ({ caller, id }) => this.actions.reserve(caller, id),
    'os-unreserve': ({ caller, id }) => this.actions.unreserve(caller, id),
    'os-begin_detaching': ({ caller, id }) => this.actions.beginDetaching(caller, id),
    'os-roll_detaching': ({ caller, id }) => this.actions.rollDetaching(caller, id),
    'os-attach': ({ caller, id, body }) => this.actions.attach(caller, id, attachmentIn(body)),
    'os-detach': ({ caller, id, body }) => {
      const { attachment_id: attachmentId = null } = decode(requests.DetachVolume, nullAsNothing(body))['os-detach'];
      return this.connections.detach(caller, id, attachmentId);
    },
    'os-initialize_connection': async ({ caller, id, body }) => {
      const { connector } = decode(requests.InitializeConnection, body)['os-initialize_connection'];
      return { connection_info: await this.connections.initialize(caller, id, connector) };
    },
    'os-terminate_connection': ({ caller, id, body }) => {
      const { connector } = decode(requests.TerminateConnection, body)['os-terminate_connection'];
      return this.connections.terminate(caller, id, connector);
    },
    'os-force_detach': ({ caller, id, body }) => {
      const { connector = null, attachment_id: attachmentId = null } = decode(requests.ForceDetachVolume, nullAsNothing(body))[
        'os-force_detach'
      ];
      return this.connections.forceDetach(caller, id, { connector, attachmentId });
    },
    'os-reset_status': ({ caller, id, body }) =>
      this.actions.resetStatus(caller, id, requests.resetOf(decode(requests.ResetVolumeStatus, body)['os-reset_status'])),
    'os-force_delete': async ({ caller, id }) => this.ring(caller, await this.volumes.beginDelete(caller, id, true)),
    'os-migrate_volume_completion': ({ caller, id, body }) => {
      const { new_volume: newId, error = false } = decode(requests.CompleteVolumeMigration, body)['os-migrate_volume_completion'];
      return this.connections.completeMigration(caller, id, { newId, failed: isTrue(error) });
    },
    'os-extend': async ({ caller, id, body, version }) => {
      const { new_size: size } = decode(requests.ExtendVolume, body)['os-extend'];
      const inUse = isAtLeast(version, EXTENDED_IN_USE_SINCE);
      this.ring(caller, await this.actions.extend(caller, id, Number(size), { inUse, rules: newVolumeRules(this.config) }));
    },
    'os-set_bootable': ({ caller, id, body }) =>
      this.actions.setBootable(caller, id, isTrue(decode(requests.SetVolumeBootable, body)['os-set_bootable'].bootable)),
    'os-update_readonly_flag': ({ caller, id, body }) =>
      this.actions.setReadonly(caller, id, isTrue(decode(requests.UpdateReadonlyFlag, body)['os-update_readonly_flag'].readonly)),
  };

  private ring(caller: CallerFacts, promised: Parameters<typeof noted>[0] | null): void {
    if (promised) this.waiter.ring(noted(promised), caller.requestId);
  }
}

const isTrue = (said: unknown): boolean => booleanOf(said) === true;

/** A host's name is kept in the form in which Cinder keeps it (spec: state-machine §7). */
function attachmentIn(body: unknown): AttachByAction {
  const { mountpoint, mode = 'rw', instance_uuid: instanceUuid = null, host_name } = decode(requests.AttachVolume, body)['os-attach'];
  return { instanceUuid, host: host_name === undefined ? null : plainHost(host_name), mountpoint, mode };
}

const plainHost = (name: string): string =>
  name
    .replace(/[ _]/g, '-')
    .replace(/[^\w.-]+/g, '')
    .toLowerCase()
    .replace(/^[.-]+|[.-]+$/g, '');

/** Some clients say null where they have nothing to say (spec: volumes-surface §5). */
const nullAsNothing = (body: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).map(([key, value]) => [key, value ?? {}]));
