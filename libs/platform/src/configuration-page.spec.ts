import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../../..');
const check = (...file: string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'scripts/configuration-docs.mjs'), '--check', ...file]);

it('docs/configuration.md says what the config classes say', async () => {
  await expect(check()).resolves.toMatchObject({ stderr: '' });
});

it('a page that says another default is found out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  writeFileSync(join(folder, 'page.md'), page.replace('`info`', '`debug`'));

  await expect(check(join(folder, 'page.md'))).rejects.toThrow('page.md is not what the config classes say');
  rmSync(folder, { recursive: true });
});
