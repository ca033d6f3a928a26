import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until';
import { type FaultPlan, killLine, underPlan } from './fault-plan';

/** The preload on an app of three lines: the real ones are under it in the scenarios. */
const folder = mkdtempSync(join(tmpdir(), 'mooring-kill-point-'));
afterAll(() => rmSync(folder, { recursive: true }));

const main = join(folder, 'apps/thing/src/main.js');
beforeAll(() => {
  mkdirSync(join(folder, 'apps/thing/src'), { recursive: true });
  writeFileSync(main, `const { step } = require('./step.js');\nfor (let i = 1; i <= 3; i++) step(i);\nconsole.log('done');\n`);
  writeFileSync(join(folder, 'apps/thing/src/step.js'), `exports.step = (n) => {\n  const it = n;\n  console.log('step ' + it);\n};\n`);
});

function start(plan: FaultPlan) {
  const child = spawn(process.execPath, [main], { env: { ...process.env, ...underPlan(folder, 'thing', plan) } });
  const ended = { output: '', how: null as number | string | null };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (ended.output += text.toString()));
  child.once('close', (code, signal) => (ended.how = signal ?? code));
  return { child, ended };
}

async function run(plan: FaultPlan) {
  const { ended } = start(plan);
  await until('the app has ended', () => ended.how !== null);
  return ended;
}

const STEP = { name: 'step', file: 'apps/thing/src/step.js', find: 'const it = n;', about: '`step ${n}`' };

it.each([
  ['before', 2, 'step 1\n'],
  ['after', 3, 'step 1\nstep 2\n'],
] as const)('kills the process %s the place as it is passed for the nth time, and says so first', async (at, nth, before) => {
  const { output, how } = await run({ killPoints: [{ ...STEP, at, nth }] });

  expect(how).toBe('SIGKILL');
  expect(output).toContain(before);
  expect(output).not.toContain(`step ${nth}\n`);
  expect(killLine(output)).toMatch(new RegExp(`^kill point step: step ${nth}, pid \\d+, SIGKILL at passage ${nth}$`));
});

it('counts only the passages that `when` names', async () => {
  const { output } = await run({ killPoints: [{ ...STEP, when: 'n > 1' }] });

  expect(killLine(output)).toContain('step 2');
});

it('counts nothing before it is armed', async () => {
  expect(await run({ killPoints: [STEP], armedBy: join(folder, 'absent') })).toMatchObject({ how: 0 });
});

it('freezes, and goes on when it is woken', async () => {
  const { child, ended } = start({ killPoints: [{ ...STEP, nth: 2, signal: 'SIGSTOP' }] });
  await until('it is frozen', () => killLine(ended.output));

  child.kill('SIGCONT');
  await until('the app has ended', () => ended.how !== null);

  expect(ended).toMatchObject({ how: 0, output: expect.stringContaining('done') });
});

it('plants a defect', async () => {
  const { output } = await run({ edits: [{ file: STEP.file, find: "'step ' + it", replace: "'misstep'" }] });

  expect(output).toBe('misstep\nmisstep\nmisstep\ndone\n');
});

it.each([
  ['is not there', { file: STEP.file, find: 'const that' }, 'has 0 places that read: const that'],
  ['is there twice', { file: STEP.file, find: 'step' }, 'has 2 places that read: step'],
  ['is in a file that is not loaded', { file: 'apps/thing/src/other.js', find: 'x' }, 'never loaded: apps/thing/src/other.js'],
])('refuses to start where the place %s', async (_, place, why) => {
  const { output, how } = await run({ edits: [{ ...place, replace: 'x' }] });

  expect(how).toBe(1);
  expect(output).toContain(why);
});

it('leaves alone what is meant for another app', async () => {
  const { how } = await run({ edits: [{ ...STEP, app: 'worker', replace: 'x' }] });

  expect(how).toBe(0);
});
