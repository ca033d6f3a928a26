import { StartError } from '@app/domain';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from './data-folder.js';
import { startOf } from './process-identity.js';

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'data-folder-'))));
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const locks = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('lock-'));

it('makes the folder for its owner alone, and leaves no lock behind', async () => {
  const data = await DataFolder.open(join(parent, 'a/b'));

  expect(statSync(data.folder).mode & 0o777).toBe(0o700);
  expect(data.path('db', 'x')).toBe(join(parent, 'a/b/db/x'));
  expect(locks(data.folder)).toHaveLength(1);
  data.release();
  expect(locks(data.folder)).toEqual([]);
});

it('given a living process holds it, then a second one is refused in a sentence that names it', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const pid = other.pid ?? 0;
  writeFileSync(join(parent, `lock-${pid}-${startOf(pid)}`), '');
  try {
    await expect(DataFolder.open(parent)).rejects.toThrow(
      new StartError(`DATA_DIR: the folder ${parent} is in use by process ${pid}; stop that one first, or name another folder.`),
    );
    expect(locks(parent)).toHaveLength(1);
  } finally {
    other.kill('SIGKILL');
  }
});

it('refuses itself a second time, until it was released', async () => {
  const data = await DataFolder.open(parent);

  await expect(DataFolder.open(parent)).rejects.toThrow('is in use by process');
  data.release();
  (await DataFolder.open(parent)).release();
});

it.each([
  ['is gone', 'lock-4194305-77'],
  ['has the id of a dead one but began at another time', `lock-${process.ppid}-1x`],
])('given its holder %s, then it is taken over', async (_, lock) => {
  writeFileSync(join(parent, lock), '');

  const data = await DataFolder.open(parent);

  expect(locks(parent)).toHaveLength(1);
  expect(locks(parent)).not.toContain(lock);
  data.release();
});

it('given a place that cannot be written, then it says so in a sentence', async () => {
  writeFileSync(join(parent, 'file'), '');

  await expect(DataFolder.open(join(parent, 'file'))).rejects.toThrow(
    `DATA_DIR: the folder ${join(parent, 'file')} cannot be written (ENOTDIR).`,
  );
  await expect(DataFolder.open('/proc/nowhere')).rejects.toThrow('DATA_DIR: the folder /proc/nowhere cannot be written (ENOENT).');
});
