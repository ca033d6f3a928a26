import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppProcess } from '../support/app-process';
import { postgresPrograms } from '../support/installed-programs';
import { createDatabase } from '../support/postgres';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { admin, adminJson } from './admin-cli';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'mooring-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As docs/operations/backup.md has it; `pg_dump` and `pg_restore` lie beside the server. */
const program = (name: string, ...args: string[]) => run(join(postgresPrograms() ?? '', name), args);

describe('given a PostgreSQL that was dumped while everything worked, and restored after more had happened', () => {
  let before: World;
  let after: World | undefined;
  beforeAll(async () => {
    before = await startWorld();
    await admin({}, '--help'); // builds it
  }, 120_000);
  afterAll(async () => {
    await after?.stop();
  });

  it('what was connected then opens with the key file, and the backend is brought to what the rows say', async () => {
    const kept = await before.attachedAttachment();
    const detachedLater = await before.attachedAttachment();
    const dump = join(folder, 'mooring.dump');
    await program('pg_dump', '--format=custom', `--file=${dump}`, before.databaseUrl);
    const key = readFileSync(before.keyFile);
    const attachedLater = await before.attachedAttachment(await before.volume());
    await before.request('DELETE', `/v3/attachments/${detachedLater.id}`);
    for (let i = 0; i < 3; i++) {
      const { id } = await before.attachedAttachment(detachedLater.volume);
      await before.request('DELETE', `/v3/attachments/${id}`);
    }
    await before.stop();

    const databaseUrl = await createDatabase();
    await program('pg_restore', '--no-owner', '--exit-on-error', `--dbname=${databaseUrl}`, dump);
    const settings = { DATABASE_URL: databaseUrl };
    const checked = await adminJson(settings, 'db', 'check');
    const planned = await adminJson(settings, 'db', 'restored', '--settle');
    const done = await adminJson(settings, 'db', 'restored', '--apply', '--settle');
    after = await startWorld({ databaseUrl, continues: before });

    expect(readFileSync(after.keyFile)).toEqual(key);
    expect(checked).toMatchObject({ result: 'ok', isolation: 'repeatable read' });
    expect(planned).toEqual({ claim_numbers: 'would be lifted', volumes_to_settle: 2 });
    expect(done).toMatchObject({ claim_numbers: expect.stringMatching(/^above 1\d{9}$/), volumes_to_settle: 2 });
    await until('both volumes are settled', async () => (await after?.unfinished())?.length === 0, 20_000);
    const shown = await after.request('GET', `/v3/attachments/${kept.id}`);
    expect(shown.body.attachment.connection_info).toEqual(kept.connectionInfo);
    // The detach after the backup is undone, as the rows have it; the volume made after it is the backend's alone, to be looked for by hand.
    const held = after.ledger.connections.map(({ attachment }) => attachment).sort();
    expect(held).toEqual([kept.id, detachedLater.id, attachedLater.id].sort());
    for (const { id } of [kept, detachedLater]) expect((await after.request('DELETE', `/v3/attachments/${id}`)).status).toBe(200);
    const again = await after.attachedAttachment(kept.volume, aConnector('compute-3'));
    expect((await after.request('DELETE', `/v3/attachments/${again.id}`)).status).toBe(200);
  }, 120_000);

  it('without the numbers lifted, a backend that remembers refuses the volume', async () => {
    const world = await startWorld();
    for (let i = 0; i < 5; i++) await world.attachedAttachment(); // so that its numbers are not reached by a few attempts
    const { id } = await world.attachedAttachment();
    try {
      await world.query(`select setval('claim_numbers', 1)`); // as an older database would have it
      const answer = world.request('DELETE', `/v3/attachments/${id}`);
      await until('it is refused', async () =>
        (await world.unfinished()).some(({ reason_text }) => String(reason_text).includes('is behind call')),
      );

      const said = await adminJson({ DATABASE_URL: world.databaseUrl }, 'db', 'restored', '--apply');

      expect(said.volumes_to_settle).toBe(0);
      expect((await answer).status).toBe(200);
    } finally {
      await world.stop();
    }
  }, 60_000);
});

describe('given the folder of a standalone that was copied while it was stopped', () => {
  it('a standalone on the copy has everything, and opens it', async () => {
    const [original, copy] = [join(folder, 'data'), join(folder, 'copy')];
    const settings = { DATA_DIR: original, PORT: '0', NBD_PORT: '0', LOG_LEVEL: 'warn' };
    const headers = { 'X-Auth-Token': 'demo', 'OpenStack-API-Version': 'volume 3.44', 'Content-Type': 'application/json' };
    let standalone = await AppProcess.start('standalone', settings);
    const call = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${standalone.url}${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- as the wire says it
      return text === '' ? null : JSON.parse(text);
    };
    const volume = (await call('POST', '/v3/volumes', { volume: { size: 1, name: 'kept' } })).volume.id as string;
    await until('it is there', async () => (await call('GET', `/v3/volumes/${volume}`)).volume.status === 'available');
    const made = (await call('POST', '/v3/attachments', { attachment: { volume_uuid: volume, connector: aConnector() } })).attachment;

    expect(await standalone.end('SIGTERM')).toBe(0);
    cpSync(original, copy, { recursive: true });
    rmSync(original, { recursive: true });
    standalone = await AppProcess.start('standalone', { ...settings, DATA_DIR: copy });

    expect((await call('GET', `/v3/attachments/${made.id}`)).attachment.connection_info).toEqual(made.connection_info);
    expect((await call('DELETE', `/v3/attachments/${made.id}`)).attachments).toEqual([]);
    expect(await adminJson({ DATA_DIR: copy }, 'secrets', 'status')).toContainEqual(
      expect.objectContaining({ in_ring: 'first, it seals' }),
    );
    expect((await adminJson({ DATA_DIR: copy }, 'stuck')).stuck).toEqual([]);
    await standalone.end('SIGTERM');
  }, 180_000);
});
