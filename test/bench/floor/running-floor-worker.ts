import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { FLOOR_WORKER, type FloorServers } from './floor';

/** The floor's worker as a process. */
export class FloorWorker {
  private readonly exited: Promise<never>;
  private ending = false;

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((_, reject) => child.once('exit', () => this.ending || reject(new Error("the floor's worker ended"))));
    this.exited.catch(() => undefined); // whoever waits for anything hears it
  }

  /** Resolves when it takes messages. */
  static async start(order: FloorServers): Promise<FloorWorker> {
    const child = fork(join(__dirname, '..', 'start.cjs'), [FLOOR_WORKER], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const worker = new FloorWorker(child);
    child.send(order);
    await worker.during(once(child, 'message'));
    return worker;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Rejects when the worker ends before. */
  during<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.exited]);
  }

  async end(): Promise<void> {
    this.ending = true;
    if (this.child.exitCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
