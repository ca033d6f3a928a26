import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * When a living process began, in a form that only compares equal to itself; null when there is no such process.
 * A process id alone proves nothing: after a crash or a restart of the machine it may belong to somebody else.
 */
export function startOf(pid: number): string | null {
  return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): string | null {
  try {
    // The name, in brackets, may hold anything, also blanks and brackets: what follows its last bracket is fields 3 and up.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)?.trim().split(' ') ?? [];
    const [state, started] = [fields[0], fields[19]];
    return state === 'Z' ? null : (started ?? null);
  } catch {
    return null;
  }
}

function fromPs(pid: number): string | null {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return started.trim().replaceAll(/[^0-9A-Za-z]+/g, '_') || null;
  } catch {
    return null;
  }
}
