import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownKeyFile } from './own-key.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mooring-own-key-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('is made once, for nobody else to read, and then stays', () => {
  const path = ownKeyFile(join(folder, 'secrets.key'), false);
  const first = readFileSync(path, 'utf8');

  expect(Buffer.from(first.trim(), 'base64')).toHaveLength(32);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(ownKeyFile(path, true), 'utf8')).toBe(first);
});

it('that is missing beside a database is not made anew: it would open nothing', () => {
  const path = join(folder, 'secrets.key');

  expect(() => ownKeyFile(path, true)).toThrow('secrets.key is missing');
  expect(existsSync(path)).toBe(false);
});
