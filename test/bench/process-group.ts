import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One living process, as the kernel accounts for it. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  /** Of its own and of every child that has ended and was waited for, in ticks. */
  ticks: number;
}

/** Reads a line of /proc/<pid>/stat (proc(5)): the name in brackets may hold anything, also brackets and blanks. */
export function parseStat(line: string): ProcessFacts {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]); // numbered from 1; what follows the name begins with 3
  return { pid: Number.parseInt(line, 10), parent: field(4), ticks: field(14) + field(15) + field(16) + field(17) };
}

/** `roots` and all that descends from them. */
export function family(processes: readonly ProcessFacts[], roots: readonly number[]): ProcessFacts[] {
  const members = processes.filter(({ pid }) => roots.includes(pid));
  for (const member of members) members.push(...processes.filter(({ parent, pid }) => parent === member.pid && !roots.includes(pid)));
  return members;
}

/** In kB, of /proc/<pid>/smaps_rollup: what is shared counts for each who shares it by its part. */
export function parsePss(text: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

/**
 * The CPU time that a service has used so far, in ms, whichever of its processes: those that live, and those that ended meanwhile, whose time
 * their parents have inherited. It counts in whole ticks of 10 ms for each process, so it is read over windows of seconds.
 */
export function cpuMs(roots: readonly number[], processes = livingProcesses()): number {
  return (family(processes, roots).reduce((sum, { ticks }) => sum + ticks, 0) * 1_000) / ticksPerSecond();
}

/** In MB. */
export function pssMb(roots: readonly number[], processes = livingProcesses()): number {
  return family(processes, roots).reduce((sum, { pid }) => sum + parsePss(contentOf(`/proc/${pid}/smaps_rollup`)), 0) / 1_024;
}

export function livingProcesses(): ProcessFacts[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .map((pid) => contentOf(`/proc/${pid}/stat`))
    .filter((line) => line !== '')
    .map(parseStat);
}

/** The CPU time that the whole machine has used so far, in ms: of the first line of /proc/stat, all but what it idled or waited for a disk. */
export function machineCpuMs(line = contentOf('/proc/stat').split('\n', 1)[0] ?? ''): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return ((user + nice + system + irq + softirq + steal) * 1_000) / ticksPerSecond();
}

let ticks: number | undefined;
const ticksPerSecond = () => (ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })));

/** Empty for a process that has ended since it was listed. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
