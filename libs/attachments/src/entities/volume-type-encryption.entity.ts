import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('volume_type_encryptions')
export class VolumeTypeEncryptionEntity {
  @PrimaryColumn('text') id: string;
  @Column('text', { name: 'volume_type_id', unique: true }) volumeTypeId: string;
  @Column('text') provider: string;
  @Column('text', { name: 'control_location' }) controlLocation: string;
  @Column('text', { nullable: true }) cipher: string | null;
  @Column('integer', { name: 'key_size', nullable: true }) keySize: number | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt: Date | null;
}
