import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { PGlite, types } from '@electric-sql/pglite';

interface Statement {
  text: string;
  values?: unknown[];
}
export interface Answer {
  rows: unknown[];
  rowCount: number;
  command: string;
  fields: unknown[];
}
type Callback = (error: unknown, answer?: Answer) => void;

/** Runs one statement on the embedded database, or sends it to the process that holds it. */
export type Run = (text: string, values: unknown[]) => Promise<Answer>;

const LOST =
  'the embedded database is asked for a second connection by a caller that holds the only one: this would wait for itself for ever';

/** What TypeORM's PostgreSQL driver uses of a `pg` client. */
export class EmbeddedClient extends EventEmitter {
  release: () => void = () => undefined;

  constructor(private readonly run: Run) {
    super();
  }

  async query(query: string | Statement, values?: unknown[] | Callback, callback?: Callback): Promise<Answer | undefined> {
    const done = typeof values === 'function' ? values : callback;
    const { text, values: own } = typeof query === 'string' ? { text: query, values: undefined } : query;
    const parameters = Array.isArray(values) ? values : (own ?? []);
    try {
      const answer = await this.run(text, parameters);
      done?.(null, answer);
      return answer;
    } catch (error) {
      if (!done) throw error;
      done(error);
      return undefined;
    }
  }
}

/**
 * A `pg` pool over an embedded database, which has one session only: a connection is an exclusive lease, handed on in order. A caller that
 * asks for a second one while it holds the first is told so at once.
 */
export function embeddedPool(run: Run, close: () => Promise<void>): new () => EventEmitter {
  const holder = new AsyncLocalStorage<{ holds: boolean }>();
  let tail: Promise<void> = Promise.resolve();

  return class EmbeddedPool extends EventEmitter {
    connect(callback?: (error: unknown, client?: EmbeddedClient, release?: () => void) => void): Promise<EmbeddedClient> {
      const outer = holder.getStore();
      // Entered before the first wait, so that it holds for all that the caller does from here on.
      const lease = { holds: false };
      holder.enterWith(lease);
      const taken = outer?.holds ? Promise.reject(new Error(LOST)) : this.take(lease);
      if (!callback) return taken;
      taken.then(
        (client) => callback(null, client, client.release),
        (error: unknown) => callback(error),
      );
      return taken.catch(() => new EmbeddedClient(run)); // its caller was told by the callback
    }

    private async take(lease: { holds: boolean }): Promise<EmbeddedClient> {
      const before = tail;
      let handOn: () => void = () => undefined;
      tail = new Promise((resolve) => (handOn = resolve));
      await before;
      lease.holds = true;
      const client = new EmbeddedClient(run);
      client.release = () => {
        lease.holds = false;
        handOn();
      };
      return client;
    }

    async query(text: string, values?: unknown[]): Promise<Answer | undefined> {
      const client = await this.connect();
      try {
        return await client.query(text, values);
      } finally {
        client.release();
      }
    }

    end(callback?: () => void): Promise<void> {
      return close().then(() => callback?.());
    }
  };
}

/** Opens the folder, making the database the first time. @throws whatever PGlite says of a folder that it cannot read. */
export async function openPglite(folder: string): Promise<{ run: Run; close: () => Promise<void> }> {
  const asText = (value: string) => value;
  const db = await PGlite.create({ dataDir: folder, parsers: { [types.INT8]: asText, [types.TIMESTAMPTZ]: wireTime } });
  await db.exec(`set default_transaction_isolation = 'repeatable read'; set timezone = 'UTC'`);
  const run: Run = async (text, values) => {
    const result = values.length > 0 ? await db.query(text, values) : ((await db.exec(text)).at(-1) ?? { rows: [], fields: [] });
    const command = (/^\s*(\w+)/.exec(text)?.[1] ?? '').toUpperCase();
    return { rows: result.rows, rowCount: result.affectedRows ?? result.rows.length, command, fields: result.fields };
  };
  return { run, close: () => db.close() };
}

/** `2026-11-23 15:04:38.6+00` as PostgreSQL prints it, in the wire's form: always six digits, no zone (spec: attachments-api §2.2). */
export function wireTime(printed: string): string {
  const [date = '', time = ''] = printed.replace(/\+00(:00)?$/, '').split(' ');
  const [seconds = '', fraction = ''] = time.split('.');
  return `${date}T${seconds}.${fraction.padEnd(6, '0')}`;
}
