import { Injectable } from '@nestjs/common';
import { AttachmentsService, type Caller, ConnectionsService, type Look, type Promised, VolumeActionsService } from '@app/attachments';
import {
  backendFailure,
  type ConnectionInfo,
  type Connector,
  invalidInput,
  notConnected,
  notDisconnected,
  type ReleaseGuard,
  ServiceError,
} from '@app/domain';
import { detached } from '../attachments/attachment.answer.js';
import { noted } from '../operations/noted.js';
import { OperationWaiter } from '../operations/operation.waiter.js';

interface Guarded {
  /** Null: compute need not be asked. */
  guard: ReleaseGuard | null;
}
interface Terminate extends Guarded {
  /** Null: everybody's. */
  connector: Connector | string | null;
}
interface Detach extends Guarded {
  /** Null: the volume's one. */
  attachmentId: string | null;
}

/** All connections of a volume that no attachment is left of, so that there is nothing to ask compute about. */
const EVERYTHING = { connector: null, guard: null };

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
    const look = await this.waiter.carriedOut(noted(promised), caller);
    if (look) return connected(look);
    const ending = isFirst ? await this.connections.abandonConnect(caller, promised) : null;
    if (ending) this.waiter.ring(ending, caller.requestId);
    throw notConnected();
  }

  /** A volume that was reserved for the connection is free again, also where there was none. */
  async terminate(caller: Caller, volumeId: string, { connector: said, guard }: Terminate): Promise<void> {
    const connector = said === null ? null : madeOfMembers(said);
    const promised = await this.connections.beginDisconnect(caller, volumeId, { connector, guard });
    if (promised) await this.ended(caller, promised);
    await this.actions.unreserve(caller, volumeId);
  }

  /** Whatever was connected without a row goes with the last attachment of a volume that has one user: older clients detach without a word to it. */
  async detach(caller: Caller, volumeId: string, { attachmentId, guard }: Detach): Promise<void> {
    const { id, isLast } = await this.actions.toDetach(caller, volumeId, { attachmentId, guarded: guard !== null });
    if (id !== null) await this.detachOne(caller, id, guard);
    if (!isLast) return;
    const promised = await this.connections.beginDisconnect(caller, volumeId, EVERYTHING);
    if (promised) await this.ended(caller, promised);
  }

  async forceDetach(caller: Caller, volumeId: string, which: Terminate & Detach): Promise<void> {
    await this.terminate(caller, volumeId, which);
    await this.detach(caller, volumeId, which);
  }

  /** Compute moves its own attachments before it says so; what is still there follows (spec: volumes-surface §5). */
  async completeMigration(caller: Caller, volumeId: string, to: { newId: string; failed: boolean }): Promise<{ save_volume_id: string }> {
    const moved = await this.actions.toMove(caller, volumeId, to.newId);
    if (!to.failed) {
      for (const { attachmentId, ...attachment } of moved) {
        await this.detachOne(caller, attachmentId, null);
        await this.actions.attach(caller, to.newId, attachment);
      }
    }
    return { save_volume_id: to.newId };
  }

  /** One that is gone meanwhile is as good as detached. */
  private async detachOne(caller: Caller, id: string, guard: ReleaseGuard | null): Promise<void> {
    try {
      const begun = await this.attachments.beginDetach(caller, id, guard);
      if ('remaining' in begun) return;
      const look = await this.waiter.carriedOut(noted(begun), caller);
      if (!look) throw backendFailure();
      detached(look, id);
    } catch (error) {
      if (!(error instanceof ServiceError && error.kind === 'notFound')) throw error;
    }
  }

  private async ended(caller: Caller, promised: Promised): Promise<void> {
    const look = await this.waiter.carriedOut(noted(promised), caller);
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
