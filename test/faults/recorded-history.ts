import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EndOfAttachment, EndOfVolume, History } from './history/history';
import type { Installation } from './installation';
import type { Recorded } from './recorder';

export interface Volume {
  id: string;
  multiattach: boolean;
}

/** What was recorded, with what only the rows and the ledger can tell: ids of what was made and not named, hosts of credentials, and the end. */
export async function historyOf(installation: Installation, seed: number, volumes: Volume[], calls: Recorded[]): Promise<History> {
  const hosts = new Map(installation.ledger.entries.map(({ credential, host }) => [credential, host]));
  await nameWhatWasMade(installation, calls);
  return {
    seed,
    volumes,
    calls: calls.map(({ credential, ...call }) => ({
      ...call,
      told:
        credential === undefined ? call.told : { ...call.told, host: credential === null ? null : (hosts.get(credential) ?? 'unknown') },
    })),
    end: await endOf(
      installation,
      volumes.map(({ id }) => id),
    ),
  };
}

interface Made {
  id: string;
  volume_id: string;
  instance_uuid: string;
  global_request_id: string | null;
}

/** Rows of creates that were not answered with an id, found by what only they can have sent. */
async function nameWhatWasMade(installation: Installation, calls: Recorded[]): Promise<void> {
  const rows = await installation.rows<Made>(
    `select a.id, a.volume_id, a.instance_uuid, (select o.global_request_id from operations o where o.attachment_id = a.id and o.creates) as global_request_id
     from attachments a order by a.created_at`,
  );
  const told = new Set(calls.map((call) => call.told.attachmentId));
  const unknown = rows.filter(({ id }) => !told.has(id));
  for (const call of calls) {
    if ((call.verb !== 'create' && call.verb !== 'reserve') || call.told.attachmentId !== undefined || call.status === 400) continue;
    const its = unknown.findIndex(
      (row) =>
        row.volume_id === call.volume &&
        row.instance_uuid === call.instance &&
        row.global_request_id === (call.verb === 'create' ? (call.globalRequest ?? null) : null),
    );
    if (its >= 0) call.attachment = unknown.splice(its, 1)[0]?.id ?? null;
  }
}

async function endOf(installation: Installation, volumes: string[]): Promise<EndOfVolume[]> {
  const found = await installation.rows<Omit<EndOfVolume, 'attachments'>>(
    `select id, status, attach_status as "attachStatus" from volumes where id = any($1::text[]) order by id`,
    [volumes],
  );
  const attachments = await installation.rows<EndOfAttachment & { volume: string }>(
    `select id, attach_status as status, instance_uuid as instance, case when connector is not null then attached_host end as host, volume_id as volume
     from attachments where not deleted and volume_id = any($1::text[]) order by created_at`,
    [volumes],
  );
  return found.map((volume) => ({
    ...volume,
    attachments: attachments.filter((row) => row.volume === volume.id).map(({ volume: _, ...row }) => row),
  }));
}

/** Where what has failed is kept: the history, and beside it whatever its processes said. */
const FOLDER = join(__dirname, '..', '..', '.faults');

export function keep(name: string, files: Record<string, string>): string {
  const folder = join(FOLDER, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return join('.faults', name);
}

export const readHistory = (file: string): History => JSON.parse(readFileSync(file, 'utf8')) as History;
