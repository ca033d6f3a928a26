import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A text sealed with the first key that ever was: whoever cannot open it has the wrong keys. */
@Entity('sealing_checks')
export class SealingCheckEntity {
  @PrimaryColumn('text') id: string;
  @Column('text') sealed: string;
}
