import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('workers')
export class WorkerEntity {
  @PrimaryColumn('text') id: string;
  /** Host name and pid, for people. */
  @Column('text') process: string;
  /** `{"host@backend": {"pool": ..., "driver": ...}}` */
  @Column('jsonb') backends: Record<string, { pool: string; driver: string }>;
  @Column('timestamptz', { name: 'started_at' }) startedAt: Date;
  @Column('timestamptz', { name: 'heartbeat_at' }) heartbeatAt: Date;
}
