import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { register, unregister } from './test-run';
import { until } from './until';

const ROOT = join(__dirname, '..', '..');
/** Also where the machine has much else to do, and with a build before it. */
const READY_WITHIN_MS = 120_000;

/** What `npm run <app>` gives Node: its own switches, the script, the app. */
export function commandOf(app: string, root = ROOT): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const command = /^(?:exec )?node (.+)$/.exec(scripts[app === 'standalone' ? 'start' : app] ?? '')?.[1];
  if (!command) throw new Error(`package.json does not say how ${app} is started`);
  return command.split(' ');
}

/** One of the built apps, started as users start it; the first start builds it. */
export class AppProcess {
  output = '';
  private constructor(
    readonly child: ChildProcess,
    readonly exited: Promise<number | NodeJS.Signals | null>,
  ) {}

  /** `root`: another checkout of this repository. */
  static spawn(app: string, environment: Record<string, string>, args: string[] = [], root = ROOT): AppProcess {
    const env = { ...inherited(), ...environment };
    const child = spawn(process.execPath, [...commandOf(app, root), ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise<number | NodeJS.Signals | null>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
    const started = new AppProcess(child, exited);
    outlivesNoRun(child);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (started.output += text.toString()));
    return started;
  }

  /** Resolves with the line in which the app says that it is ready. */
  static async start(app: string, environment: Record<string, string>, root = ROOT): Promise<AppProcess> {
    const started = AppProcess.spawn(app, environment, [], root);
    await until(`${app} is ready`, () => started.readyLine ?? started.failure(), READY_WITHIN_MS).catch(async (error: Error) => {
      await started.end('SIGKILL'); // nobody else would
      throw new Error(`${error.message}; it said:\n${started.output}`, { cause: error });
    });
    if (!started.readyLine) throw new Error(`${app} ended at once:\n${started.output}`);
    return started;
  }

  get readyLine(): string | undefined {
    return /^ready .*$/m.exec(this.output)?.[0];
  }

  /** Where a gateway or a standalone listens. */
  get url(): string {
    return this.readyLine?.split(' ')[1] ?? '';
  }

  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.child.kill(signal);
    return this.exited;
  }

  private failure(): boolean {
    return this.child.exitCode !== null;
  }
}

/** The settings of whoever runs the tests must not reach what they start. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, TEST_RUN_FOLDER } = process.env;
  return { PATH, HOME, TMPDIR, TEST_RUN_FOLDER };
}

/** A run that is interrupted leaves nobody behind. */
function outlivesNoRun(child: ChildProcess): void {
  const folder = process.env.TEST_RUN_FOLDER;
  if (folder === undefined || child.pid === undefined) return;
  const name = `app-${child.pid}`;
  register(folder, name, { pid: child.pid, group: false, signal: 'SIGKILL' });
  child.once('exit', () => unregister(folder, name));
}
