import type { QosConsumer } from '@app/domain';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('qos_specs')
export class QosSpecsEntity {
  @PrimaryColumn('text') id: string;
  @Column('text', { unique: true }) name: string;
  @Column('text') consumer: QosConsumer;
  @Column('jsonb') specs: Record<string, string>;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt: Date | null;
}
