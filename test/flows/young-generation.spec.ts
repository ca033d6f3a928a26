import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf } from '../support/app-process';

const ROOT = join(__dirname, '..', '..');
/** Two halves of 16 MB. */
const AT_MOST_MB = 32;

/** Much that lives for a moment, and some that lives longer: left to itself Node 24 makes room for 128 MB of it. */
const SHORT_LIVED = `
  const { getHeapSpaceStatistics } = require('node:v8');
  let [kept, most] = [[], 0];
  for (let i = 0; i < 3e6; i++) {
    kept.push({ number: i, text: 'x' + i, list: [i, i] });
    if (kept.length > 60000) kept = kept.slice(50000);
    if (i % 5000 === 0) most = Math.max(most, getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);
  }
  console.log(most / 2 ** 20);`;

const switchesAmong = (command: readonly string[]): string[] => command.filter((word) => word.startsWith('--'));

const entryPoint = (): string[] => {
  const [, line = '[]'] = /^ENTRYPOINT (.+)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')) ?? [];
  return JSON.parse(line) as string[];
};

it.each([
  ['npm start', () => commandOf('standalone')],
  ['npm run gateway', () => commandOf('gateway')],
  ['npm run worker', () => commandOf('worker')],
  ['the image', entryPoint],
])('%s keeps young garbage small, whatever the version of Node', (_, command) => {
  // Node 20 needs nobody to tell it: so it is told otherwise, and the command line has the last word.
  const env = { ...process.env, NODE_OPTIONS: '--max-semi-space-size=64' };
  const most = execFileSync(process.execPath, [...switchesAmong(command()), '-e', SHORT_LIVED], { encoding: 'utf8', env });

  expect(Number(most)).toBeGreaterThan(0);
  expect(Number(most)).toBeLessThanOrEqual(AT_MOST_MB);
});
