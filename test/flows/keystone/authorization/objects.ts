import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { World } from '../../../support/world';
import type { On } from './operations';

const VOLUME = `insert into volumes (id, project_id, user_id, size, status, attach_status, host, availability_zone, metadata)
  values ($1, $2, 'somebody', 1, $3, $4, $5, 'nova', '{"shelf": "upper"}')`;
const TYPE = `insert into volume_types (id, name, extra_specs) values ($1, $1, '{"multiattach": "<is> True"}')`;

/** Rows as the API would have made them, without its way through a worker: thousands of calls are each about one that nobody has touched. */
export class Objects {
  private readonly kept = new Map<string, Promise<string>>();

  private constructor(
    private readonly world: World,
    private readonly client: Client,
  ) {}

  static async open(world: World): Promise<Objects> {
    const client = new Client({ connectionString: world.databaseUrl });
    await client.connect();
    return new Objects(world, client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** For a call that may change it. */
  async fresh(on: On, projectId: string, id: string = randomUUID()): Promise<string> {
    const add = (text: string, ...values: string[]) => this.client.query(text, [id, ...values]);
    const host = `${this.world.backend}#fake`;
    if (on === 'volume') await add(VOLUME, projectId, 'available', 'detached', host);
    if (on === 'volume in use') await add(VOLUME, projectId, 'in-use', 'attached', host);
    if (on === 'attachment') {
      await add(VOLUME, projectId, 'reserved', 'detached', host);
      await add(
        `insert into attachments (id, volume_id, project_id, attach_status, attach_mode, connection_info, generation)
        values ($1, $1, $2, 'reserved', 'null', '{}', 1)`,
        projectId,
      );
    }
    if (on === 'type' || on === 'encrypted type' || on === 'qos specs') await add(TYPE);
    if (on === 'encrypted type')
      await add(
        `insert into volume_type_encryptions (id, volume_type_id, provider, control_location) values ($1, $1, 'luks', 'front-end')`,
      );
    if (on === 'qos specs') await add(`insert into qos_specs (id, name, specs) values ($1, $1, '{"shelf": "upper"}')`);
    return id;
  }

  /** For calls that are refused, or that only look: one for all of them. */
  untouched(on: On, projectId: string): Promise<string> {
    const key = `${on} of ${projectId}`;
    const known = this.kept.get(key) ?? this.fresh(on, projectId);
    this.kept.set(key, known);
    return known;
  }

  /** Everything that is recorded of those. */
  async state(): Promise<unknown[]> {
    const ids = await Promise.all(this.kept.values());
    const tables = ['volumes', 'attachments', 'volume_types', 'volume_type_encryptions', 'qos_specs'];
    const found = tables.map((table) => this.client.query(`select * from ${table} where id = any($1) order by id`, [ids]));
    const operations = this.client.query('select * from operations where volume_id = any($1)', [ids]);
    return (await Promise.all([...found, operations])).map(({ rows }) => rows as unknown);
  }
}
