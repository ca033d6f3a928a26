import type { AttachStatus, VolumeStatus } from '@app/domain';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('volumes')
export class VolumeEntity {
  @PrimaryColumn('text') id: string;
  @Column('text', { name: 'project_id' }) projectId: string;
  @Column('text', { name: 'user_id' }) userId: string;
  @Column('text', { nullable: true }) name: string | null;
  @Column('text', { nullable: true }) description: string | null;
  @Column('integer') size: number;
  @Column('text') status: VolumeStatus;
  @Column('text', { name: 'attach_status' }) attachStatus: AttachStatus;
  @Column('text', { name: 'migration_status', nullable: true }) migrationStatus: string | null;
  @Column('text', { name: 'previous_status', nullable: true }) previousStatus: string | null;
  @Column('boolean') multiattach: boolean;
  @Column('boolean') bootable: boolean;
  @Column('text', { nullable: true }) host: string | null;
  /** `host` up to the pool; the database keeps it equal. */
  @Column({ type: 'text', nullable: true, insert: false, update: false }) backend: string | null;
  @Column('text', { name: 'cluster_name', nullable: true }) clusterName: string | null;
  @Column('text', { name: 'availability_zone' }) availabilityZone: string;
  @Column('text', { name: 'volume_type_id', nullable: true }) volumeTypeId: string | null;
  @Column('text', { name: 'encryption_key_id', nullable: true }) encryptionKeyId: string | null;
  /** What createExport returned; null while no export stands. */
  @Column('text', { name: 'provider_location', nullable: true }) providerLocation: string | null;
  @Column('jsonb') metadata: Record<string, string>;
  @Column('jsonb', { name: 'admin_metadata' }) adminMetadata: Record<string, string>;
  /** Raised by every statement that decides something about the volume. */
  @Column('bigint') revision: string;
  @Column('boolean') deleted: boolean;
  @Column('timestamptz', { name: 'deleted_at', nullable: true }) deletedAt: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt: Date | null;
}
