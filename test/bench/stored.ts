import { randomBytes, randomUUID } from 'node:crypto';
import type { KeyRing } from '@app/attachments';
import { connectionInfoOf, connectorDigest, type Credential } from '@app/domain';
import type { Client } from 'pg';
import { connector } from './workloads';

export const PROJECT = '5d3c1f8e0b7a4c2d9e6f1a2b3c4d5e6f';
/** Of a backend that no worker of the bench serves: what is stored is read, not worked on. */
const ELSEWHERE = 'elsewhere@fake#fake';
const AT_ONCE = 5_000;

/** Attached attachments, each of a volume of its own, as the service would have left them: sealed with the run's own key. */
export async function store(client: Client, keys: KeyRing, count: number): Promise<void> {
  for (let left = count; left > 0; left -= AT_ONCE) await storeSome(client, keys, Math.min(left, AT_ONCE));
  // As autovacuum leaves tables that have been there for a while.
  await client.query('vacuum analyze');
}

async function storeSome(client: Client, keys: KeyRing, count: number): Promise<void> {
  const rows = Array.from({ length: count }, () => rowOf(keys));
  const column = (name: keyof (typeof rows)[number]) => rows.map((row) => row[name]);
  await client.query(VOLUMES, [column('volume'), PROJECT, ELSEWHERE]);
  await client.query(ATTACHMENTS, [
    column('id'),
    column('volume'),
    PROJECT,
    column('instance'),
    column('info'),
    column('connector'),
    connectorDigest(connector(), 'rw'),
  ]);
}

const VOLUMES = `
insert into volumes (id, project_id, user_id, name, size, status, attach_status, host, availability_zone, provider_location)
select id, $2, 'bench', 'stored', 1, 'in-use', 'attached', $3, 'nova', '127.0.0.1:3260,1 iqn.2010-10.org.openstack:volume-' || id || ' 1'
from unnest($1::text[]) as id`;

const ATTACHMENTS = `
insert into attachments (id, volume_id, project_id, instance_uuid, attached_host, mountpoint, attach_time, attach_status, attach_mode,
  connection_info, connector, connector_digest, generation)
select id, volume, $3, instance, 'bench-1', '/dev/vdb', clock_timestamp(), 'attached', 'rw', info, connector, $7, 1
from unnest($1::text[], $2::text[], $4::text[], $5::text[], $6::text[]) as stored(id, volume, instance, info, connector)`;

function rowOf(keys: KeyRing) {
  const [id, volume, instance] = [randomUUID(), randomUUID(), randomUUID()];
  const credential = { id: randomBytes(8).toString('hex'), secret: randomBytes(32).toString('hex') };
  const recorded = { connector: connector(), mode: 'rw', credential };
  return {
    id,
    volume,
    instance,
    info: keys.seal(connectionInfo(id, volume, credential), `attachments.connection_info:${id}`),
    connector: keys.seal(recorded, `attachments.connector:${id}`),
  };
}

/** What the `fake` driver answers, finished as the worker does it. */
const connectionInfo = (id: string, volume: string, credential: Credential) =>
  connectionInfoOf(
    {
      driver_volume_type: 'iscsi',
      data: {
        target_discovered: false,
        target_portal: '127.0.0.1:3260',
        target_iqn: `iqn.2010-10.org.openstack:volume-${volume}`,
        target_lun: 1,
        volume_id: volume,
        auth_method: 'CHAP',
        auth_username: credential.id,
        auth_password: credential.secret,
        access_mode: 'rw',
      },
    },
    {
      additions: { qosSpecs: null, encrypted: false, cacheable: null },
      attachmentId: id,
      connection: { attachmentId: id, connector: connector(), readOnly: false, credential },
    },
  );
