import { execFile } from 'node:child_process';
import { currentRun } from '../support/test-run';

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** Nothing of whoever runs the tests: no variables, and a home in which there is no clouds.yaml. */
export const bareEnvironment = (): Record<string, string> => ({
  PATH: '/usr/bin:/bin',
  HOME: currentRun().folder,
  LANG: 'C.UTF-8',
  PYTHONWARNINGS: 'ignore',
});

/** A program as a user runs it, with these variables and no others. */
export function ran(program: string, args: readonly string[], environment: Record<string, string>): Promise<Said> {
  const env = { ...bareEnvironment(), ...environment };
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...args], { env, cwd: env.HOME, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(new Error(`${program} ${args.join(' ')} did not end by itself; it said:\n${stdout}${stderr}`, { cause: error }));
    });
    child.stdin?.end();
  });
}

/** What a command printed. @throws unless it succeeded. */
export async function printed(program: string, args: readonly string[], environment: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await ran(program, args, environment);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** What a command complained of. @throws if it succeeded. */
export async function complaint(program: string, args: readonly string[], environment: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await ran(program, args, environment);
  if (code === 0) throw new Error(`${program} ${args.join(' ')} succeeded: ${stdout}`);
  return `${stdout}${stderr}`;
}
