import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('volume_types')
export class VolumeTypeEntity {
  @PrimaryColumn('text') id: string;
  @Column('text') name: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('boolean', { name: 'is_public' }) isPublic: boolean;
  @Column('jsonb', { name: 'extra_specs' }) extraSpecs: Record<string, string>;
  @Column('text', { name: 'qos_specs_id', nullable: true }) qosSpecsId: string | null;
  @Column('boolean') deleted: boolean;
  @Column('timestamptz', { name: 'deleted_at', nullable: true }) deletedAt: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt: Date | null;
}
