import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Bed } from './bed';

/** What the figures depend on, to be read beside them. */
export interface MachineFacts {
  date: string;
  revision: string;
  cpu: string;
  cores: number;
  kernel: string;
  node: string;
  postgres: string;
  rabbitmq: string;
}

export async function machineFacts(bed: Bed, root: string): Promise<MachineFacts> {
  const { rows } = await bed.client.query<{ server_version: string }>('show server_version');
  return {
    date: new Date().toISOString(),
    revision: revisionOf(root),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    node: process.version,
    postgres: rows[0]?.server_version ?? 'unknown',
    rabbitmq: await bed.broker.version(),
  };
}

/** With a mark where it is not what was committed. */
function revisionOf(root: string): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' and changes'}`;
  } catch {
    return 'unknown'; // not a checkout
  }
}
