import { AppProcess } from '../support/app-process';

export interface Said {
  code: number | NodeJS.Signals | null;
  /** What the command printed; its notes and complaints are in `stderr`. */
  stdout: string;
  stderr: string;
}

/** The built command line, run as `npm run admin -- …` runs it. */
export async function admin(environment: Record<string, string>, ...args: string[]): Promise<Said> {
  const { child, exited } = AppProcess.spawn('admin', environment, args);
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text: Buffer) => (said.stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (said.stderr += text.toString()));
  const closed = new Promise((resolve) => child.once('close', resolve)); // both streams have ended too
  return { code: await exited, ...(await closed.then(() => said)) };
}

/** What it prints with `-f json`; throws unless it succeeds. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it prints is what the test looks at
export async function adminJson(environment: Record<string, string>, ...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await admin(environment, ...args, '-f', 'json');
  if (code !== 0) throw new Error(`admin ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
