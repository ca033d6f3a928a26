import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LoadAnswer, LoadMessage, LoadResult } from './closed-loop';

/** A machine that has much else to do is not waited for for ever. */
const WARM_LIMIT_MS = 120_000;

/** A process of the bench's own; rejects its results when it ends before it was asked to. */
export class RunningLoad {
  private readonly child: ChildProcess;
  private readonly heard = new Map<string, (answer: LoadAnswer) => void>();
  private readonly ended: Promise<never>;
  private readonly warm: Promise<LoadAnswer>;
  private readonly result: Promise<LoadAnswer>;

  constructor(script: string, order: object) {
    this.child = fork(join(__dirname, 'start.cjs'), [script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.ended = new Promise((_, reject) =>
      this.child.once('exit', (code, signal) => reject(new Error(`${script} ended: ${code ?? signal}`))),
    );
    this.ended.catch(() => undefined); // whoever waits for anything hears it
    this.warm = this.hear('warm');
    this.result = this.hear('result');
    this.child.on('message', (answer: LoadAnswer) => this.heard.get(typeof answer === 'string' ? answer : 'result')?.(answer));
    this.child.send({ order });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async warmedUp(): Promise<void> {
    await Promise.race([this.warm, this.ended, pause(WARM_LIMIT_MS, undefined, { ref: false })]);
  }

  say(message: LoadMessage<never>): void {
    this.child.send(message);
  }

  async finished(): Promise<LoadResult> {
    return (await Promise.race([this.result, this.ended])) as LoadResult; // what is no word is the result
  }

  private hear(what: string): Promise<LoadAnswer> {
    return new Promise((resolve) => this.heard.set(what, resolve));
  }
}
