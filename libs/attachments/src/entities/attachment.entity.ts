import type { AttachStatus } from '@app/domain';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('attachments')
export class AttachmentEntity {
  @PrimaryColumn('text') id: string;
  @Column('text', { name: 'volume_id' }) volumeId: string;
  /** The volume's, copied so that a list needs no join. */
  @Column('text', { name: 'project_id' }) projectId: string;
  @Column('text', { name: 'instance_uuid', nullable: true }) instanceUuid: string | null;
  @Column('text', { name: 'attached_host', nullable: true }) attachedHost: string | null;
  @Column('text', { nullable: true }) mountpoint: string | null;
  @Column('timestamptz', { name: 'attach_time', nullable: true }) attachTime: Date | null;
  @Column('timestamptz', { name: 'detach_time', nullable: true }) detachTime: Date | null;
  @Column('text', { name: 'attach_status' }) attachStatus: AttachStatus;
  @Column('text', { name: 'attach_mode', nullable: true }) attachMode: string | null;
  /** Sealed; `{}` while never connected. */
  @Column('text', { name: 'connection_info', nullable: true }) connectionInfo: string | null;
  /** The recorded intent (connector, mode, credential), sealed. */
  @Column('text', { nullable: true }) connector: string | null;
  @Column('text', { name: 'connector_digest', nullable: true }) connectorDigest: string | null;
  /** Raised by every attach and detach: an answer that finds another one belongs to the past. */
  @Column('bigint') generation: string;
  @Column('boolean') deleted: boolean;
  @Column('timestamptz', { name: 'deleted_at', nullable: true }) deletedAt: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt: Date | null;
}
