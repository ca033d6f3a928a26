import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disabledByFile } from './disable-file.js';
import { HealthConfig } from './health.config.js';
import { Health } from './health.js';
import { HealthListener } from './health-listener.js';
import { Lifecycle } from './lifecycle.js';

const config = (given: Partial<HealthConfig>) => Object.assign(new HealthConfig(), given);
const opened: HealthListener[] = [];
afterEach(async () => {
  for (const listener of opened.splice(0)) await listener.close();
});

async function open(given: Partial<HealthConfig> = {}): Promise<(method: string, path: string) => Promise<[number, string]>> {
  const settings = config({ HEALTH_PORT: 0, ...given });
  const listener = await HealthListener.open(settings, new Health(new Lifecycle(), disabledByFile(settings), { freshMs: 0 }));
  if (!listener) throw new Error('no listener');
  opened.push(listener);
  return async (method, path) => {
    const response = await fetch(`http://127.0.0.1:${listener.port}${path}`, { method });
    return [response.status, await response.text()];
  };
}

it('answers its three paths, also to HEAD, and nothing else', async () => {
  const ask = await open();

  expect(await ask('GET', '/livez')).toEqual([200, 'OK']);
  expect(await ask('GET', '/readyz')).toEqual([200, '{"status":"ready","checks":{}}']);
  expect(await ask('HEAD', '/readyz')).toEqual([200, '']);
  expect(await ask('HEAD', '/healthcheck')).toEqual([204, '']);
  expect(await ask('POST', '/readyz')).toEqual([405, '']);
  expect(await ask('GET', '/v3/attachments')).toEqual([404, '']);
});

it('is not ready while the file is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'health-'));
  const file = join(folder, 'disabled');
  const ask = await open({ HEALTHCHECK_DISABLE_FILE: file });

  expect(await ask('GET', '/healthcheck')).toEqual([200, 'OK']);
  writeFileSync(file, '');
  expect(await ask('GET', '/healthcheck')).toEqual([503, 'file: DISABLED BY FILE']);
  expect(await ask('GET', '/livez')).toEqual([200, 'OK']);
  rmSync(folder, { recursive: true });
});

it('is not there unless a port is named, and says so where it cannot be had', async () => {
  const health = new Health(new Lifecycle(), []);
  const first = await HealthListener.open(config({ HEALTH_PORT: 0 }), health);
  if (first) opened.push(first);

  expect(await HealthListener.open(config({}), health)).toBeNull();
  await expect(HealthListener.open(config({ HEALTH_PORT: first?.port ?? 0 }), health)).rejects.toThrow(
    `HEALTH_PORT: nothing can listen on HEALTH_HOST 127.0.0.1, port ${first?.port} (EADDRINUSE).`,
  );
});
