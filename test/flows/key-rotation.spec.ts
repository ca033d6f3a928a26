import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { KeyRing, RekeyService } from '@app/attachments';
import { AppProcess } from '../support/app-process';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { admin, adminJson } from './admin-cli';

const CLIENTS = 2;
const STANDING = 3;

const aKey = () => randomBytes(32).toString('base64');
const ringOf = (...keys: string[]) => new KeyRing(keys.map((key) => Buffer.from(key, 'base64')));
const sealingKey = (key: string) => ringOf(key).sealingKey;

describe('given gateways and workers that are at work, when the key is changed as docs/operations/keys.md says', () => {
  const [old, fresh] = [aKey(), aKey()];
  let world: World;
  let settings: Record<string, string>;
  let workers: AppProcess[] = [];
  let gateways: AppProcess[] = [];
  let turn = 0;
  const failures: string[] = [];
  let cycles = 0;

  beforeAll(async () => {
    world = await startWorld({ workers: 0, gateways: 0 });
    await world.query('delete from sealing_checks'); // the world has proved a key of its own
    keyFile(old);
    settings = { DATABASE_URL: world.databaseUrl, SECRETS_KEY_FILE: world.keyFile };
    await restarted();
  }, 240_000);
  afterAll(async () => {
    for (const one of [...workers, ...gateways]) await one.end('SIGKILL');
    await world.stop();
  });

  /** In one step, as whoever replaces the file of a running installation should. */
  function keyFile(...keys: string[]): void {
    writeFileSync(`${world.keyFile}.new`, `${keys.join('\n')}\n`, { mode: 0o600 });
    renameSync(`${world.keyFile}.new`, world.keyFile);
  }

  /** One after the other: the new process is ready before the old one is told to end, and gets no new request from then on. */
  async function restarted(): Promise<void> {
    const [oldWorkers, oldGateways] = [workers, gateways];
    workers = [];
    for (let i = 0; i < 2; i++) {
      workers.push(await AppProcess.start('worker', world.environment));
      expect(await oldWorkers[i]?.end('SIGTERM')).toBe(oldWorkers[i] && 0);
    }
    for (let i = 0; i < 2; i++) {
      const added = await AppProcess.start('gateway', world.environment);
      const left = oldGateways[i];
      gateways = [...gateways.filter((one) => one !== left), added];
      expect(await left?.end('SIGTERM')).toBe(left && 0);
    }
  }

  async function call(method: string, path: string, body?: unknown) {
    const headers = { 'X-Auth-Token': world.admin, 'OpenStack-API-Version': 'volume 3.44', 'Content-Type': 'application/json' };
    const gateway = gateways[turn++ % gateways.length];
    const response = await fetch(`${gateway?.url}${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status >= 300) failures.push(`${method} ${path}: ${response.status} ${text}`);
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  async function volume(): Promise<string> {
    const { id } = (await call('POST', '/v3/volumes', { volume: { size: 1 } })).body.volume as { id: string };
    await until('the volume is there', async () => (await world.volumeRow(id)).status === 'available', 20_000);
    return id;
  }

  async function attached(volumeId: string): Promise<{ id: string; connectionInfo: unknown }> {
    const { id } = (await call('POST', '/v3/attachments', { attachment: { volume_uuid: volumeId } })).body.attachment as { id: string };
    const { body } = await call('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });
    await call('POST', `/v3/attachments/${id}/action`, { 'os-complete': null });
    return { id, connectionInfo: body.attachment?.connection_info as unknown };
  }
  const shown = async (id: string) => (await call('GET', `/v3/attachments/${id}`)).body.attachment?.connection_info as unknown;

  it('no request fails, nothing is sealed with the old key at the end, and without it everything opens', async () => {
    const standing = await Promise.all(Array.from({ length: STANDING }, async () => attached(await volume())));
    let over = false;
    const load = Array.from({ length: CLIENTS }, async () => {
      const own = await volume();
      while (!over) {
        const { id, connectionInfo } = await attached(own);
        if (JSON.stringify(await shown(id)) !== JSON.stringify(connectionInfo)) failures.push(`${id} is shown otherwise`);
        await call('DELETE', `/v3/attachments/${id}`);
        cycles++;
      }
    });
    const revisions = () => world.query('select v.id, v.revision, a.updated_at, a.generation from volumes v join attachments a on a.volume_id = v.id where a.id = any($1) order by 1', [standing.map(({ id }) => id)]); // prettier-ignore
    const before = await revisions();

    keyFile(old, fresh);
    await restarted();
    keyFile(fresh, old);
    await restarted();
    const planned = await adminJson(settings, 'secrets', 'rekey', '--dry-run');
    const rekeyed = await adminJson(settings, 'secrets', 'rekey');
    const again = await adminJson(settings, 'secrets', 'rekey');
    const status = await adminJson(settings, 'secrets', 'status');
    keyFile(fresh);
    await restarted();
    over = true;
    await Promise.all(load);

    expect(failures).toEqual([]);
    expect(cycles).toBeGreaterThan(CLIENTS);
    expect(planned).toContainEqual({ key: sealingKey(old), in_ring: 'yes', column: 'attachments.connector', texts: STANDING });
    expect(rekeyed).toContainEqual({ column: 'attachments.connector', resealed: STANDING, unreadable: 0 });
    expect(rekeyed).toContainEqual({ column: 'sealing_checks.sealed', resealed: 1, unreadable: 0 });
    expect((again as { resealed: number }[]).every((one) => one.resealed === 0)).toBe(true);
    expect(status).toContainEqual({ key: sealingKey(old), in_ring: 'yes', column: null, texts: 0 });
    expect(await new RekeyService(world.database).keysInUse()).toEqual(
      ['attachments.connector', 'attachments.connection_info', 'sealing_checks.sealed'].map((column) => ({
        key: sealingKey(fresh),
        column,
        texts: column === 'sealing_checks.sealed' ? 1 : STANDING,
      })),
    );
    expect(await revisions()).toEqual(before);
    for (const { id, connectionInfo } of standing) expect(await shown(id)).toEqual(connectionInfo);
    for (const { id } of standing) expect((await call('DELETE', `/v3/attachments/${id}`)).status).toBe(200);
    await world.settled();
  }, 600_000);
});

describe('a rekey', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    await admin({}, '--help'); // builds it
  }, 120_000);
  afterAll(() => world.stop());

  it('leaves what it cannot open, and says so; a status says whose key is missing', async () => {
    const { id } = await world.attachedAttachment();
    const settings = { DATABASE_URL: world.databaseUrl, SECRETS_KEY_FILE: `${world.keyFile}.other` };
    writeFileSync(settings.SECRETS_KEY_FILE, aKey(), { mode: 0o600 });
    const before = await world.attachmentRow(id);

    const rekeyed = await admin(settings, 'secrets', 'rekey', '-f', 'json');
    const status = await admin(settings, 'secrets', 'status');

    expect(rekeyed).toMatchObject({ code: 3, stderr: expect.stringContaining(`still sealed with ${world.keys.sealingKey}.`) });
    expect(JSON.parse(rekeyed.stdout)).toContainEqual({ column: 'attachments.connector', resealed: 0, unreadable: 1 });
    expect(status).toMatchObject({ code: 3, stderr: `Rows are sealed with ${world.keys.sealingKey}, which is not in the ring.\n` });
    expect(await world.attachmentRow(id)).toEqual(before);
  }, 60_000);

  it('given many more texts than go at once, while others write them, then it replaces none that it has not read, and no writer fails', async () => {
    const { volume } = await world.attachedAttachment();
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const [before, ring] = [new KeyRing([old]), new KeyRing([fresh, old])];
    const sealed = (i: number, version: number) => before.seal({ i, version }, `attachments.connector:copy-${i}`);
    const versions = Array.from({ length: 160 }, () => 0);
    await world.query(
      `insert into attachments (id, volume_id, project_id, attach_status, connector, connector_digest, connection_info)
        select 'copy-' || (n - 1), $1, 'p', 'attached', sealed, 'd', '{}' from unnest($2::text[]) with ordinality t (sealed, n)`,
      [volume, versions.map((version, i) => sealed(i, version))],
    );
    let over = false;
    const writers = [0, 1].map(async (first) => {
      for (let i = first; !over; i = (i + 2) % versions.length) {
        await again(() =>
          world.query(`update attachments set connector = $2 where id = $1`, [`copy-${i}`, sealed(i, (versions[i] ?? 0) + 1)]),
        );
        versions[i] = (versions[i] ?? 0) + 1;
      }
    });

    const rekey = new RekeyService(world.database);
    const during = await rekey.rekey(ring).finally(() => (over = true));
    await Promise.all(writers);
    await rekey.rekey(ring);

    expect(during.find(({ column }) => column === 'attachments.connector')?.resealed).toBeGreaterThanOrEqual(versions.length / 2);
    expect(versions.some((version) => version > 0)).toBe(true);
    const rows = await world.query(`select id, connector from attachments where id like 'copy-%'`);
    const opened = rows.map(({ id, connector }) => new KeyRing([fresh]).open(connector as string, `attachments.connector:${String(id)}`));
    const byRow = opened.map((text) => text as { i: number; version: number }).sort((a, b) => a.i - b.i);
    expect(byRow.map(({ version }) => version)).toEqual(versions);
  }, 120_000);
});

/** As the product's own writers do: a write that overlapped another one is made again. */
async function again(write: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const lost = await write().then(
      () => false,
      (error: { code?: string }) => {
        if (error.code !== '40001') throw error;
        return true;
      },
    );
    if (!lost) return;
  }
}
