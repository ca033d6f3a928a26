import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../../..');
const page = join(root, 'docs/licences.md');
const check = (...files: string[]) => promisify(execFile)(process.execPath, [join(root, 'scripts/licence-docs.mjs'), '--check', ...files]);

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'licences-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** The lockfile with one more package in it. */
function lockfileWith(license: string | undefined, dev = false): string {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, object> };
  lock.packages['node_modules/newcomer'] = { version: '1.0.0', license, ...(dev && { dev }) };
  const file = join(folder, 'package-lock.json');
  writeFileSync(file, JSON.stringify(lock));
  return file;
}

it('docs/licences.md says what the lockfile says, and all of it is allowed', async () => {
  await expect(check()).resolves.toMatchObject({ stderr: '' });
});

it.each([
  ['AGPL-3.0', false, 'newcomer 1.0.0 is under AGPL-3.0, which is not allowed where it is used'],
  ['MIT AND GPL-2.0', false, 'newcomer 1.0.0 is under MIT AND GPL-2.0'],
  ['CC-BY-4.0', false, 'newcomer 1.0.0 is under CC-BY-4.0'],
  [undefined, true, 'newcomer 1.0.0 is under no licence that it names'],
  ['(GPL-2.0 OR MIT)', false, 'licences.md is not what package-lock.json says'],
  ['CC-BY-4.0', true, 'licences.md is not what package-lock.json says'],
])('a package under %s (a tool: %p): %s', async (licence, isTool, sentence) => {
  await expect(check(page, lockfileWith(licence, isTool))).rejects.toThrow(sentence);
});
