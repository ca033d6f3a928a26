import type { World } from '../../support/world';

/** What an attach makes of a volume, one status after the other; so does a move of a server that gives the volume up before. */
export const ATTACHED = ['reserved', 'attaching', 'in-use'];

/** From now on the database keeps every status that a volume of this world takes, however short it lasts. */
export async function keepStatuses(world: World): Promise<void> {
  await world.query('create table kept_statuses (n bigint generated always as identity, volume text, status text)');
  await world.query(
    `create function keep_status() returns trigger language plpgsql as
     $$ begin insert into kept_statuses (volume, status) values (new.id, new.status); return null; end $$`,
  );
  await world.query(
    `create trigger keeps_status after update on volumes for each row when (old.status is distinct from new.status)
     execute function keep_status()`,
  );
}

/** All that a volume has become since it was made, in order. */
export async function statusesOf(world: World, volume: string): Promise<string[]> {
  const [, ...rows] = await world.query('select status from kept_statuses where volume = $1 order by n', [volume]);
  return rows.map(({ status }) => status as string);
}
