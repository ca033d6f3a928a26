import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { World } from '../support/world';
import { PYTHON } from './packages';
import { bareEnvironment } from './ran';

export interface Call {
  args?: unknown[];
  named?: Record<string, unknown>;
  /** Under this name the result may be an argument of a later call, as `@name`. */
  keep?: string;
}

/** `conn.block_storage` of openstacksdk, in a Python of its own that lives as long as a program would. */
export class Sdk {
  private readonly lines: AsyncIterator<string>;
  private readonly exited: Promise<unknown>;
  private stderr = '';

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly reader: Interface,
  ) {
    this.lines = reader[Symbol.asyncIterator]();
    this.exited = new Promise((resolve) => child.once('close', resolve));
    child.stdin.on('error', () => undefined); // it may have ended by itself, which the next call says
    child.stderr.on('data', (text: Buffer) => (this.stderr += text.toString()));
  }

  /** As this caller. */
  static start(world: World, token: string): Sdk {
    const endpoint = `${world.gateway.url}/v3/${token.split(':')[1]}`;
    const child = spawn(PYTHON, [join(__dirname, 'sdk.py'), endpoint, token], { env: bareEnvironment(), cwd: bareEnvironment().HOME });
    return new Sdk(child, createInterface({ input: child.stdout }));
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the SDK answers is what the test looks at
  async call(name: string, call: Call = {}): Promise<any> {
    const said = await this.say(name, call);
    if (said.error !== undefined) throw new Error(`${name}: ${said.error} ${said.message}`);
    return said.result;
  }

  /** The failure of a call. @throws if it succeeds. */
  async refused(name: string, call: Call = {}): Promise<{ error?: string; status: number; message: string }> {
    const { error, status = 0, message = '', result } = await this.say(name, call);
    if (error === undefined) throw new Error(`${name} succeeded: ${JSON.stringify(result)}`);
    return { error, status, message };
  }

  async end(): Promise<void> {
    this.child.stdin.end();
    await this.exited;
    this.reader.close();
  }

  private async say(name: string, call: Call): Promise<Outcome> {
    this.child.stdin.write(`${JSON.stringify({ call: name, ...call })}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the program has ended: ${this.stderr}`);
    return JSON.parse(value) as Outcome;
  }
}

interface Outcome {
  result?: unknown;
  error?: string;
  status?: number;
  message?: string;
}
