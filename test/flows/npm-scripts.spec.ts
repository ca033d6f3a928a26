import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from '../support/until';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => (world = await startWorld({ workers: 0, gateways: 0 })), 120_000);
afterAll(() => world.stop());

it.each(['worker', 'gateway'])(
  'a SIGTERM to `npm run %s` reaches the app: it drains, and nothing is left running',
  async (app) => {
    const { PATH, HOME } = process.env;
    const child = spawn('npm', ['run', app], {
      cwd: join(__dirname, '..', '..'),
      env: { PATH, HOME, ...world.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise<number | NodeJS.Signals | null>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    await until(`${app} is ready`, () => /^ready /m.test(output), 60_000);

    child.kill('SIGTERM');

    expect(await exited).toBe(0);
    expect(output).toContain('SIGTERM: draining');
  },
  90_000,
);
