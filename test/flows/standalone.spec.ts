import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppProcess } from '../support/app-process';
import { until } from '../support/until';
import { admin, adminJson } from './admin-cli';
import { qemuIo } from './drivers/nbd-clients';

const ROOT = join(__dirname, '../..');
const HEADERS = { 'X-Auth-Token': 'demo', 'OpenStack-API-Version': 'volume 3.44', 'Content-Type': 'application/json' };
const exec = promisify(execFile);

const folder = mkdtempSync(join(tmpdir(), 'mooring-standalone-'));
const dataDir = join(folder, 'data');
const settings = { DATA_DIR: dataDir, PORT: '0', NBD_PORT: '0', LOG_LEVEL: 'warn' };
let standalone: AppProcess;

// One folder and one process, for the first start of a folder takes seconds: each case goes on where the one before has ended.
beforeAll(async () => (standalone = await AppProcess.start('standalone', settings)), 120_000);
afterAll(async () => {
  await standalone.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function get(path: string) {
  const response = await fetch(`${standalone.url}${path}`, { headers: HEADERS });
  return { status: response.status, body: (await response.json()) as any }; // eslint-disable-line @typescript-eslint/no-explicit-any -- as the wire says it
}

const connectionInfoOf = async (id: string) =>
  (await get(`/v3/attachments/${id}`)).body.attachment.connection_info as Record<string, unknown>;

let attachmentId: string;

describe('a standalone that was started on a folder for the first time', () => {
  it('says that it makes its database, and then the URL that it is ready at', () => {
    expect(standalone.output).toMatch(/^creating the embedded database \(once\) \.\.\.$/m);
    expect(standalone.readyLine).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('prints three requests that work when they are pasted', async () => {
    const [first, second, third, ...more] = standalone.output.split('\n').filter((line) => line.startsWith('curl '));
    expect(more).toEqual([]);

    const created = JSON.parse((await exec('bash', ['-c', first ?? ''])).stdout);
    const listed = JSON.parse((await exec('bash', ['-c', second ?? ''])).stdout);
    const attached = JSON.parse((await exec('bash', ['-c', third ?? ''])).stdout);

    expect(created.volume).toMatchObject({ name: 'first', size: 1 });
    expect(listed.volumes).toMatchObject([{ id: created.volume.id }]);
    expect(attached.attachment).toMatchObject({ volume_id: created.volume.id, connection_info: { driver_volume_type: 'nbd' } });
    attachmentId = attached.attachment.id;
  });

  it('keeps what others must not read to itself', () => {
    const modes = ['', 'admin.sock', 'secrets.key'].map((name) => (statSync(join(dataDir, name)).mode & 0o777).toString(8));
    // Also in a folder that was there before, and is open to others: what is in it is not.
    const open = readdirSync(dataDir).filter((name) => statSync(join(dataDir, name)).mode & 0o077);

    expect(modes).toEqual(['700', '600', '600']);
    expect(open).toEqual([]);
  });

  it('lets nobody else start on its folder', async () => {
    const second = AppProcess.spawn('standalone', settings);

    expect(await second.exited).toBe(1);
    expect(second.output).toBe(
      `DATA_DIR: the folder ${dataDir} is in use by process ${standalone.child.pid}; stop that one first, or name another folder.\n`,
    );
  });

  it('lets the command line work through it', async () => {
    const made = await adminJson(settings, 'volume', 'create', 'by-admin', '--size', '1', '--wait');
    const shown = await adminJson(settings, 'attachment', 'show', attachmentId);
    const migrated = await admin(settings, 'db', 'migrate');
    const checked = await adminJson(settings, 'db', 'check');

    expect(made).toMatchObject({ name: 'by-admin', status: 'available', project_id: 'admin' });
    expect((await get(`/v3/volumes/${made.id}`)).body.volume.status).toBe('available');
    expect(shown).toMatchObject({ id: attachmentId, host: 'laptop', connection_info: '(sealed)' });
    expect(migrated).toEqual({ code: 0, stdout: 'up to date\n', stderr: '' });
    expect(checked).toMatchObject({ result: 'ok', isolation: 'repeatable read' });
  });

  it('serves a command line that is killed, and the next one', async () => {
    const killed = AppProcess.spawn('admin', settings, ['volume', 'list']);
    await killed.end('SIGKILL');

    expect(await adminJson(settings, 'backend', 'list')).toMatchObject([{ name: 'local@nbd', driver: 'nbd', up: true }]);
  });

  it('shows the tour', async () => {
    const tour = await exec(process.execPath, [join(ROOT, 'scripts/run.mjs'), '--script', 'demo'], {
      env: { ...process.env, MOORING_URL: standalone.url },
    });

    expect(tour.stdout).toMatch(/they are the same[^]*the open connection was cut[^]*a new one is refused[^]*\nDone: /);
    expect(tour.stdout).toContain('"auth_password":"***"');
    expect(tour.stdout).not.toMatch(/"auth_password":"[0-9a-f]/);
  });

  it('has a tour that says so where there is nothing to tour', async () => {
    const env = { ...process.env, MOORING_URL: 'http://127.0.0.1:1' };
    const tour = exec(process.execPath, [join(ROOT, 'scripts/run.mjs'), '--script', 'demo'], { env });

    await expect(tour).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('nothing answers at http://127.0.0.1:1 (') });
  });
});

describe('a standalone that was killed', () => {
  it('is ready again, and what it had given out still works', async () => {
    const before = await connectionInfoOf(attachmentId);
    expect(await qemuIo({ data: before }, ['write -P 7 0 64k'])).toMatchObject({ code: 0 });
    await standalone.end('SIGKILL');

    standalone = await AppProcess.start('standalone', settings);

    expect(standalone.output).not.toContain('creating the embedded database');
    expect(await connectionInfoOf(attachmentId)).toEqual(before);
    const read = () => qemuIo({ data: before }, ['read -P 7 0 64k']);
    const again = await until('the same connection_info works again', async () => (await read()).code === 0 && (await read()), 30_000);
    expect(again.output).not.toContain('Pattern verification failed');
    expect((await get('/v3/volumes/detail')).body.volumes).toMatchObject([{ name: 'first', status: 'attaching' }]);
    expect(await adminJson(settings, 'attachment', 'list')).toMatchObject([{ id: attachmentId, attach_status: 'attaching' }]);
  }, 180_000);
});

describe('a standalone that is told to end', () => {
  it('drains, exits 0 and leaves the folder to the command line and to whoever comes next', async () => {
    expect(await standalone.end('SIGTERM')).toBe(0);

    expect(await adminJson(settings, 'volume', 'list')).toMatchObject([{ name: 'by-admin' }, { name: 'first' }]);
  }, 180_000);
});

/** What a start that must fail says, and with which exit code. */
async function refusal(environment: Record<string, string>): Promise<string> {
  const started = AppProcess.spawn('standalone', { ...settings, ...environment });
  return `${await started.exited}: ${started.output}`;
}

describe('a standalone that cannot start says why in one sentence', () => {
  const other = join(folder, 'other');

  it('for a port that is taken, of the API or of the volumes', async () => {
    standalone = await AppProcess.start('standalone', settings);
    const { port: nbdPort } = await connectionInfoOf(attachmentId);
    const { port } = new URL(standalone.url);

    expect(await refusal({ DATA_DIR: other, PORT: port })).toMatch(
      new RegExp(`^1: (creating .*\n)?The API cannot listen on HOST 127.0.0.1, PORT ${port} .*\n$`),
    );
    expect(await refusal({ DATA_DIR: other, NBD_PORT: String(nbdPort) })).toMatch(
      new RegExp(`^1: backend local@nbd: the NBD portal 127.0.0.1:${String(nbdPort)} is in use by another process.*\n$`),
    );
    await standalone.end('SIGTERM');
  }, 180_000);

  it('for a folder that cannot be written, and for a folder too deep for a socket', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');

    expect(await refusal({ DATA_DIR: join(file, 'data') })).toMatch(/^1: DATA_DIR: the folder .* cannot be written \(ENOTDIR\)\.\n$/);
    expect(await refusal({ DATA_DIR: join(folder, 'deep'.repeat(30)) })).toMatch(
      /^1: DATA_DIR: .* is too long for the path of a socket .*\n$/,
    );
  });

  it('for variables that are wrong, all of them at once', async () => {
    const said = await refusal({ PORT: 'x', NBD_PORT: '70000', LOG_LEVEL: 'loud', BACKENDS: '[]' });

    expect(said.match(/^(1: )?(\w+) is /gm)).toHaveLength(4);
  });

  it('for a folder of a newer version', async () => {
    // In a process of its own: PGlite is an ES module, which jest cannot load.
    const script = `const { PGlite } = await import('@electric-sql/pglite'); const db = await PGlite.create(process.argv[1]);
      await db.exec("insert into migrations (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')"); await db.close();`;
    await exec(process.execPath, ['--input-type=module', '-e', script, join(dataDir, 'database')], { cwd: ROOT });

    expect(await refusal({})).toBe(
      '1: The database was made by a newer version of Mooring (FromTheFuture9999999999999); this one cannot use it.\n',
    );
    expect(await admin(settings, 'volume', 'list')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('a newer version'),
    });
  }, 180_000);

  it('for a database that another PostgreSQL has made', async () => {
    writeFileSync(join(dataDir, 'database/PG_VERSION'), '99\n');

    expect(await refusal({})).toMatch(/^1: DATA_DIR: the database in .* cannot be opened: it is damaged, or was made by .*\n$/);
  });
});
