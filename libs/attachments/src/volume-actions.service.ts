import {
  type AttachByAction,
  detachedByAction,
  invalidInput,
  madeByAttachments,
  mayAttachByAction,
  mayBeginDetaching,
  mayBeSoLarge,
  mayChangeReadonly,
  mayCompleteMigration,
  type Leave,
  mayExtend,
  mayReserveByAction,
  type NewVolumeRules,
  onlyAttachment,
  type ResetStatus,
  resetByAction,
  type Situation,
  TRANSITIONS,
  type TypeFacts,
  unreserved,
  usedByCompute,
  type VolumeStatus,
} from '@app/domain';
import type { Database } from './database.js';
import type { Decisions } from './decisions.js';
import type { Caller, Promised } from './records.js';
import { known, sql } from './sql.js';
import { attachedByAction, changed, extendIntent, readonlyIs, recomputedAlone, resetTo } from './volume-action.statements.js';

/**
 * The volume actions of older clients and of administrators that are compare-and-swaps of rows (spec: state-machine §7, volumes-surface §5).
 * All of them @throws notFound, and invalid where their guard refuses.
 */
export class VolumeActionsService {
  constructor(
    private readonly database: Database,
    private readonly decisions: Decisions,
  ) {}

  async reserve(caller: Caller, id: string): Promise<void> {
    await this.decisions.ofVolume(caller, id, async (situation) => {
      mayReserveByAction(situation);
      return this.become(situation, TRANSITIONS.reserveByAction.volume);
    });
  }

  /** Anything but an attaching volume stays as it is. */
  async unreserve(caller: Caller, id: string): Promise<void> {
    await this.decisions.ofVolume(caller, id, async (situation) => this.become(situation, unreserved(situation)));
  }

  /** A migrating volume stays as it is. */
  async beginDetaching(caller: Caller, id: string): Promise<void> {
    await this.decisions.ofVolume(caller, id, async (situation) => {
      const begins = mayBeginDetaching(situation) === 'begin';
      return this.become(situation, begins ? TRANSITIONS.beginDetaching.volume : null);
    });
  }

  /** Anything but a detaching volume stays as it is. */
  async rollDetaching(caller: Caller, id: string): Promise<void> {
    const { volumeIs, volume } = TRANSITIONS.rollDetaching;
    await this.decisions.ofVolume(caller, id, async (situation) => {
      const rolls = (volumeIs as readonly string[]).includes(situation.volume.status);
      return this.become(situation, rolls ? volume : null);
    });
  }

  /** Makes an attachment that is attached at once and connected by nobody; a repeat makes none. */
  async attach(caller: Caller, id: string, asked: AttachByAction): Promise<void> {
    await this.decisions.ofVolume(caller, id, async (situation) => {
      const { repeated } = mayAttachByAction(situation, asked);
      return repeated ? this.become(situation, TRANSITIONS.attachByAction.volume) : this.database.row(attachedByAction(situation, asked));
    });
  }

  /** What a detach by action is about. @throws invalid, also for an attachment of another volume; `guarded`: conflict where it cannot be told. */
  toDetach(caller: Caller, id: string, { attachmentId, guarded }: DetachAsked): Promise<ToDetach> {
    return this.decisions.ofVolume<ToDetach>(caller, id, async (situation) => {
      if (guarded && attachmentId === null) onlyAttachment(situation);
      const row = detachedByAction(situation, attachmentId);
      const others = situation.attachments.length - (row ? 1 : 0);
      const found = { id: row?.id ?? null, isLast: others === 0 && !situation.volume.multiattach };
      if (row) return found;
      if (attachmentId !== null) await this.refuseForeign(caller, attachmentId);
      if (guarded && attachmentId !== null) throw usedByCompute('');
      return (await this.becomeAsAttached(situation)) === undefined ? undefined : found;
    });
  }

  async setReadonly(caller: Caller, id: string, readonly: boolean): Promise<void> {
    await this.decisions.ofVolume(caller, id, async (situation) => {
      mayChangeReadonly(situation);
      return this.database.row(changed(situation, readonlyIs(readonly)));
    });
  }

  async setBootable(caller: Caller, id: string, bootable: boolean): Promise<void> {
    await this.decisions.ofVolume(caller, id, async (situation) => this.database.row(changed(situation, sql`bootable = ${bootable}`)));
  }

  /** @throws tooLarge, forbidden too. */
  extend(caller: Caller, id: string, size: number, { leaveInUse, rules }: Growth): Promise<Promised> {
    return this.decisions.ofVolume(caller, id, async (situation) => {
      mayExtend(situation, size, leaveInUse);
      mayBeSoLarge(size, await this.typeOf(situation), rules);
      return this.database.row<Promised>(extendIntent(caller, situation, size));
    });
  }

  async resetStatus(caller: Caller, id: string, asked: ResetStatus): Promise<void> {
    await this.decisions.ofVolume(caller, id, async (situation) =>
      this.database.row(resetTo(caller, situation, resetByAction(situation, asked))),
    );
  }

  /**
   * The attachments that move to the new volume; none where compute has moved them already (spec: volumes-surface §5).
   * @throws invalid before anything has moved: the new volume would not take one of them.
   */
  async toMove(caller: Caller, id: string, newId: string): Promise<MovedAttachment[]> {
    if (newId === id) throw invalidInput('a volume is not moved to itself.');
    const source = await this.decisions.ofVolume(caller, id, async (situation) => situation);
    const destination = await this.decisions.ofVolume(caller, newId, async (situation) => situation);
    if (source.volume.migrationStatus || destination.volume.migrationStatus) mayCompleteMigration(source.volume, destination.volume);
    const moved = await this.attachmentsOf(source.volume.id);
    for (const attachment of moved) mayAttachByAction(destination, attachment);
    return moved;
  }

  private attachmentsOf(volumeId: string): Promise<MovedAttachment[]> {
    return this.database.rows<MovedAttachment>(sql`select id as "attachmentId", instance_uuid as "instanceUuid", attached_host as host,
        coalesce(mountpoint, 'na') as mountpoint, case when attach_mode = 'ro' then 'ro' else 'rw' end as mode
      from attachments where volume_id = ${volumeId} and not deleted order by created_at, id`);
  }

  private async typeOf({ volume }: Situation): Promise<Pick<TypeFacts, 'name' | 'extraSpecs'> | null> {
    const type = await this.database.row<TypeFacts>(sql`select t.name, t.extra_specs as "extraSpecs" from volumes v
      join volume_types t on t.id = v.volume_type_id where v.id = ${volume.id}`);
    return type ?? null;
  }

  /** Null: it stays as it is. */
  private async become(situation: Situation, status: VolumeStatus | null): Promise<unknown> {
    return status === null ? true : this.database.row(changed(situation, sql`status = ${status}`));
  }

  /** As its attachments make it, or, without any, as if the last one had just gone. */
  private becomeAsAttached(situation: Situation): Promise<unknown> {
    const made = madeByAttachments(situation);
    if (!made) return this.database.row(recomputedAlone(situation));
    return this.database.row(changed(situation, sql`status = ${made.volume}, attach_status = ${made.attachStatus}`));
  }

  private async refuseForeign(caller: Caller, attachmentId: string): Promise<void> {
    const foreign = await this.database.row(sql`select 1 from attachments a where a.id = ${known(attachmentId)} and not a.deleted
      and (${caller.isAdmin} or a.project_id = ${caller.projectId})`);
    if (foreign) throw invalidInput('Mismatched volume and attachment');
  }
}

interface DetachAsked {
  /** Null: the volume's one. */
  attachmentId: string | null;
  /** Compute is to be asked. */
  guarded: boolean;
}

interface ToDetach {
  /** Null: it is not there, and the volume is now as if it had just gone. */
  id: string | null;
  /** Of a volume that has one user at a time, no other attachment remains. */
  isLast: boolean;
}

interface Growth {
  /** Asked where the volume is in use; null: then none grows. */
  leaveInUse: Leave | null;
  rules: NewVolumeRules;
}

export interface MovedAttachment extends AttachByAction {
  attachmentId: string;
}
