import { Injectable } from '@nestjs/common';
import { AttachmentsService, type Caller, ConnectionsService, type Look, type Promised, VolumeActionsService } from '@app/attachments';
import {
  backendFailure,
  type ConnectionInfo,
  type Connector,
  invalidInput,
  notConnected,
  notDisconnected,
  ServiceError,
} from '@app/domain';
import { detached } from '../attachments/attachment.answer.js';
import { noted } from '../operations/noted.js';
import { OperationWaiter } from '../operations/operation.waiter.js';

/** The volume actions that may need a driver, and so wait for a worker (spec: state-machine §7, volumes-surface §5). */
@Injectable()
export class ConnectionActions {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly attachments: AttachmentsService,
    private readonly actions: VolumeActionsService,
    private readonly waiter: OperationWaiter,
  ) {}

  /**
   * No row, no change of status. At the wait limit what may still come to be is taken back, since nobody was told how to reach it; not what
   * was there before, or what another caller waits for.
   */
  async initialize(caller: Caller, volumeId: string, said: Connector | string): Promise<ConnectionInfo> {
    const connector = madeOfMembers(said);
    const { promised, isFirst } = await this.connections.beginConnect(caller, volumeId, connector);
    const look = await this.waiter.carriedOut(noted(promised), caller.requestId);
    if (look) return connected(look);
    const ending = isFirst ? await this.connections.abandonConnect(caller, promised) : null;
    if (ending) this.waiter.ring(ending, caller.requestId);
    throw notConnected();
  }

  /** A volume that was reserved for the connection is free again, also where there was none. */
  async terminate(caller: Caller, volumeId: string, said: Connector | string | null): Promise<void> {
    const promised = await this.connections.beginDisconnect(caller, volumeId, said === null ? null : madeOfMembers(said));
    if (promised) await this.ended(caller, promised);
    await this.actions.unreserve(caller, volumeId);
  }

  /** Whatever was connected without a row goes with the last attachment of a volume that has one user: older clients detach without a word to it. */
  async detach(caller: Caller, volumeId: string, attachmentId: string | null): Promise<void> {
    const { id, isLast } = await this.actions.toDetach(caller, volumeId, attachmentId);
    if (id !== null) await this.detachOne(caller, id);
    if (!isLast) return;
    const promised = await this.connections.beginDisconnect(caller, volumeId, null);
    if (promised) await this.ended(caller, promised);
  }

  async forceDetach(caller: Caller, volumeId: string, which: { connector: Connector | string | null; attachmentId: string | null }) {
    await this.terminate(caller, volumeId, which.connector);
    await this.detach(caller, volumeId, which.attachmentId);
  }

  /** Compute moves its own attachments before it says so; what is still there follows (spec: volumes-surface §5). */
  async completeMigration(caller: Caller, volumeId: string, to: { newId: string; failed: boolean }): Promise<{ save_volume_id: string }> {
    const moved = await this.actions.toMove(caller, volumeId, to.newId);
    if (!to.failed) {
      for (const { attachmentId, ...attachment } of moved) {
        await this.detachOne(caller, attachmentId);
        await this.actions.attach(caller, to.newId, attachment);
      }
    }
    return { save_volume_id: to.newId };
  }

  /** One that is gone meanwhile is as good as detached. */
  private async detachOne(caller: Caller, id: string): Promise<void> {
    try {
      const begun = await this.attachments.beginDetach(caller, id);
      if ('remaining' in begun) return;
      const look = await this.waiter.carriedOut(noted(begun), caller.requestId);
      if (!look) throw backendFailure();
      detached(look, id);
    } catch (error) {
      if (!(error instanceof ServiceError && error.kind === 'notFound')) throw error;
    }
  }

  private async ended(caller: Caller, promised: Promised): Promise<void> {
    const look = await this.waiter.carriedOut(noted(promised), caller.requestId);
    if (look?.state !== 'succeeded') throw notDisconnected(causeOf(look));
  }
}

/** @throws invalid, backend: also where a disconnect has overtaken it. */
function connected(look: Look): ConnectionInfo {
  if (look.answer) return look.answer;
  if (look.reason?.class === 'invalidConnector') throw invalidInput(look.reason.text ?? '');
  throw notConnected(causeOf(look));
}

/** For the log: Cinder hides it from the caller. */
const causeOf = (look: Look | null): ErrorOptions =>
  look?.reason ? { cause: new Error(`${look.reason.class}: ${look.reason.text ?? ''}`) } : {};

/** A connector may be a text by Cinder's schema, and no driver can do anything with one. */
function madeOfMembers(connector: Connector | string): Connector {
  if (typeof connector === 'string') throw invalidInput('Connector must be an object.');
  return connector;
}
