import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '@app/attachments';

const root = join(__dirname, '../..');
const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
/** Items of all lists called `ports`. */
const published = [...compose.matchAll(/^ {4}ports:\n((?: {6}- .*\n)+)/gm)].flatMap(([, items = '']) => items.trim().split(/\n\s*/));

it('docker-compose.yml publishes ports on loopback alone', () => {
  expect(published.length).toBeGreaterThanOrEqual(5);
  for (const port of published) expect(port).toMatch(/^- '127\.0\.0\.1:\d+:\d+'$/);
});

it('docker-compose.yml has no password in it, and names every secret that the script makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  const make = () => execFileSync(process.execPath, [join(root, 'scripts/make-secrets.mjs'), folder], { encoding: 'utf8' });
  const made = [...make().matchAll(/^made (.*)$/gm)].map(([, path = '']) => path.slice(folder.length + 1));

  expect([...compose.matchAll(/file: \.secrets\/(.*)$/gm)].map(([, name]) => name).sort()).toEqual(made.sort());
  expect(compose).not.toMatch(/:\/\/[^/\s]*:[^/\s]*@|PASSWORD: |_PASS: /);
  expect(() => KeyRing.fromFile(join(folder, 'sealing-keys'))).not.toThrow();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(make()).not.toContain('made'); // what is there stays
  rmSync(folder, { recursive: true });
});
