import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { ClientWorld } from './client-world';
import { PYTHON } from './packages';
import { bareEnvironment } from './ran';

export interface Call {
  args?: unknown[];
  named?: Record<string, unknown>;
  /** Under this name the result may be an argument of a later call, as `@name`. */
  keep?: string;
}

/** A call takes a second or two; the test that waits for it has three minutes. */
const SAID_WITHIN_MS = 60_000;
const ENDED_WITHIN_MS = 1_000;

/** `conn.block_storage` of openstacksdk, in a Python of its own that lives as long as a program would. */
export class Sdk {
  private readonly lines: AsyncIterator<string>;
  private readonly exited: Promise<unknown>;
  private stderr = '';
  private fate = 'has ended';

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly reader: Interface,
  ) {
    this.lines = reader[Symbol.asyncIterator]();
    this.exited = new Promise((resolve) => child.once('close', resolve));
    child.stdin.on('error', () => undefined); // it may have ended by itself, which the next call says
    child.on('error', (error) => (this.stderr += error.message));
    child.stderr.on('data', (text: Buffer) => (this.stderr += text.toString()));
  }

  /** As this caller. */
  static async start(world: ClientWorld, token: string): Promise<Sdk> {
    return Sdk.program('sdk.py', await world.identity.sdk(token));
  }

  /** Another program that is told what to call in the same way. */
  static program(file: string, given: object): Sdk {
    const args = [join(__dirname, file), JSON.stringify(given)];
    const child = spawn(PYTHON, args, { env: bareEnvironment(), cwd: bareEnvironment().HOME });
    return new Sdk(child, createInterface({ input: child.stdout }));
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the SDK answers is what the test looks at
  async call(name: string, call: Call = {}, withinMs = SAID_WITHIN_MS): Promise<any> {
    const said = await this.say(name, call, withinMs);
    if (said.error !== undefined) throw new Error(`${name}: ${said.error} ${said.message}`);
    return said.result;
  }

  /** The failure of a call. @throws if it succeeds. */
  async refused(name: string, call: Call = {}): Promise<{ error?: string; status: number; message: string }> {
    const { error, status = 0, message = '', result } = await this.say(name, call, SAID_WITHIN_MS);
    if (error === undefined) throw new Error(`${name} succeeded: ${JSON.stringify(result)}`);
    return { error, status, message };
  }

  /** Also where it hangs in a call. */
  async end(): Promise<void> {
    this.child.stdin.end();
    const hangs = setTimeout(() => this.child.kill('SIGKILL'), ENDED_WITHIN_MS);
    await this.exited;
    clearTimeout(hangs);
    this.reader.close();
  }

  /** A program that has not answered in time is of no use any more: what it says later would be taken for the answer to another call. */
  private async say(name: string, call: Call, withinMs: number): Promise<Outcome> {
    this.child.stdin.write(`${JSON.stringify({ call: name, ...call })}\n`);
    const hangs = setTimeout(() => {
      this.fate = `has said nothing for ${withinMs} ms`;
      this.child.kill('SIGKILL');
    }, withinMs);
    const { value, done } = await this.lines.next();
    clearTimeout(hangs);
    if (done) throw new Error(`${name}: the program ${this.fate}: ${this.stderr}`);
    return JSON.parse(value) as Outcome;
  }
}

interface Outcome {
  result?: unknown;
  error?: string;
  status?: number;
  message?: string;
}
