import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from './cells';
import { type Compared, note } from './comparison';
import { cellArgs, HERE, type Options } from './options';
import { comparisonTable } from './tables';

/**
 * This checkout and another revision by turns, so that whatever else the machine has to do meets both; each run with servers of its own.
 * The dependencies are this checkout's for both, so a revision with other ones is not what it was.
 */
export async function compare(revision: string, options: Options): Promise<string> {
  const args = cellArgs(options);
  const folder = mkdtempSync(join(tmpdir(), 'mooring-bench-'));
  const old = join(folder, 'old');
  git('worktree', 'add', '--detach', old, revision);
  try {
    symlinkSync(join(HERE, 'node_modules'), join(old, 'node_modules'));
    const compared = new Map<string, Compared>();
    for (let run = 0; run < options.runs; run++) {
      note(compared, 'old', await resultsOf(old, args, join(folder, 'old.json')));
      note(compared, 'now', await resultsOf(HERE, [...args, '--identity', options.identity], join(folder, 'now.json')));
    }
    return comparisonTable([...compared.values()]);
  } finally {
    git('worktree', 'remove', '--force', old);
    rmSync(folder, { recursive: true, force: true });
  }
}

const git = (...args: string[]) => execFileSync('git', args, { cwd: HERE, stdio: ['ignore', 'ignore', 'inherit'] });

async function resultsOf(root: string, args: readonly string[], json: string): Promise<Result[]> {
  const child = spawn(process.execPath, [join(__dirname, 'start.cjs'), 'bench.ts', ...args, '--no-floor', '--root', root, '--json', json], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the bench of ${root} failed`);
  return (JSON.parse(readFileSync(json, 'utf8')) as { results: Result[] }).results;
}
