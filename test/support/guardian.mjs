// Outlives a test run by a moment: when its standard input ends (the run is over, or was killed in whatever way) it ends every server that
// is still registered in the run's folder and removes the folder. Usage: node guardian.mjs <folder>
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];

process.stdin.resume();
process.stdin.once('end', () => void cleanUp());

async function cleanUp() {
  await Promise.all(registered().map(end));
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  process.exit(0);
}

function registered() {
  const running = join(folder, 'running');
  return readdirSync(running).map((name) => JSON.parse(readFileSync(join(running, name), 'utf8')));
}

async function end({ pid, pidFile, group, signal }) {
  const target = pid ?? firstLine(pidFile);
  if (!target || !isOurs(target)) return;
  send(group ? -target : target, signal);
  for (let waited = 0; isOurs(target) && waited < 10_000; waited += 50) await new Promise((again) => setTimeout(again, 50));
  if (isOurs(target)) send(group ? -target : target, 'SIGKILL');
}

function firstLine(file) {
  try {
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return 0; // not started, or already gone
  }
}

// A process id may meanwhile be another's: only a process that was started with the run's folder in its arguments or environment is ended.
function isOurs(pid) {
  const facts = ['cmdline', 'environ'].map((fact) => {
    try {
      return readFileSync(`/proc/${pid}/${fact}`, 'utf8');
    } catch {
      return '';
    }
  });
  return facts.join('').includes(folder);
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // gone since the look at it
  }
}
