import type { OperationKind, OperationState, ReasonClass } from '@app/domain';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('operations')
export class OperationEntity {
  @PrimaryColumn('text') id: string;
  @Column('text') kind: OperationKind;
  @Column('text', { name: 'volume_id' }) volumeId: string;
  @Column('text', { name: 'attachment_id', nullable: true }) attachmentId: string | null;
  /** Null: needs no driver. */
  @Column('text', { nullable: true }) backend: string | null;
  /** Of its attachment at the intent; of a connect: 0, or the revision of the disconnect that is promised for it. */
  @Column('bigint') generation: string;
  /** The volume's revision at the intent: the order of its work. */
  @Column('bigint') revision: string;
  @Column('text') state: OperationState;
  /** The attach of a create with connector: if it finally fails, its row goes. */
  @Column('boolean') creates: boolean;
  /** The detach of a create that was given up: nobody could ask for it again, so it goes on until it is done. */
  @Column('boolean') abandons: boolean;
  /** Of a detach or a disconnect: whether a service asked for it. Null for what the gateway takes back, and for other kinds. */
  @Column('boolean', { name: 'by_service', nullable: true }) byService: boolean | null;
  /** The volume's status before an attach's intent; null for other kinds. */
  @Column('text', { name: 'volume_was', nullable: true }) volumeWas: string | null;
  /** Connector, mode and credential, sealed; emptied when they are recorded or gone. */
  @Column('text', { nullable: true }) intent: string | null;
  /** What a connect answers, sealed; emptied when its caller must have read it. */
  @Column('text', { nullable: true }) result: string | null;
  /** The size in GiB that an extension asks for; null for other kinds. */
  @Column('integer', { nullable: true }) size: number | null;
  @Column('text', { nullable: true }) digest: string | null;
  @Column('text') host: string;
  /** A driver has seen it, or may have. */
  @Column('boolean') touched: boolean;
  /** It has finally failed, and its undo is not confirmed yet. */
  @Column('boolean') undoing: boolean;
  @Column('bigint', { nullable: true }) number: string | null;
  @Column('text', { nullable: true }) owner: string | null;
  @Column('timestamptz', { name: 'lease_until', nullable: true }) leaseUntil: Date | null;
  /** How long the lease is that `leaseUntil` ends. */
  @Column('integer', { name: 'lease_ms', nullable: true }) leaseMs: number | null;
  @Column('integer') attempts: number;
  @Column('timestamptz', { name: 'next_attempt_at', nullable: true }) nextAttemptAt: Date | null;
  @Column('text', { name: 'reason_class', nullable: true }) reasonClass: ReasonClass | null;
  @Column('text', { name: 'reason_text', nullable: true }) reasonText: string | null;
  @Column('text', { name: 'request_id' }) requestId: string;
  @Column('text', { name: 'global_request_id', nullable: true }) globalRequestId: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt: Date | null;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt: Date | null;
}
