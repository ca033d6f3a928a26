import { type Percentiles, percentiles } from './percentiles';

export interface WarmUp {
  /** It is over when both are: so many seconds, and so many cycles of all clients together. */
  seconds: number;
  cycles: number;
}

export interface LoadResult {
  /** That ended within the window. */
  cycles: number;
  seconds: number;
  /** In ms. */
  calls: Record<string, Percentiles>;
  /** By what went wrong; counted from the first call on, also before the window. */
  errors: Record<string, number>;
}

/** What is said to a load, and by it, over IPC: an order first, of whatever kind the load takes. */
export type LoadMessage<Order> = { order: Order } | 'measure' | 'stop';
export type LoadAnswer = 'ready' | 'warm' | LoadResult;

/** One cycle; it notes how long each call took. A client whose cycle throws stops: what it would find next is not what is measured. */
export type RunCycle = (timed: Timed) => Promise<void>;
export type Timed = <T>(call: string, work: () => Promise<T>) => Promise<T>;

/** Clients that each begin the next cycle when the last has ended. */
export class ClosedLoop {
  private readonly errors: Record<string, number> = {};
  private durations: Record<string, number[]> = {};
  private cycles = 0;
  private since = performance.now();
  private window: 'before' | 'warm' | 'open' | 'closed' = 'before';
  private readonly running: Promise<unknown>;

  constructor(
    clients: readonly RunCycle[],
    private readonly warmUp: WarmUp,
    private readonly onWarm: () => void,
  ) {
    this.running = Promise.all(clients.map((runCycle) => this.run(runCycle)));
  }

  measure(): void {
    this.durations = {};
    this.cycles = 0;
    this.since = performance.now();
    this.window = 'open';
  }

  /** What is at work is brought to its end, and counts no more. */
  async stop(): Promise<LoadResult> {
    const seconds = (performance.now() - this.since) / 1_000;
    const { cycles } = this;
    this.window = 'closed';
    await this.running;
    const calls = Object.fromEntries(Object.entries(this.durations).map(([name, durations]) => [name, percentiles(durations)]));
    return { cycles, seconds, calls, errors: this.errors };
  }

  private async run(runCycle: RunCycle): Promise<void> {
    try {
      while (!this.isClosed()) {
        await runCycle(this.timed);
        this.cycles++;
        this.noteWarmth();
      }
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      this.errors[fault] = (this.errors[fault] ?? 0) + 1;
    }
  }

  private readonly timed: Timed = async (call, work) => {
    const begun = performance.now();
    const done = await work();
    if (this.window === 'open') (this.durations[call] ??= []).push(performance.now() - begun);
    return done;
  };

  private isClosed(): boolean {
    return this.window === 'closed';
  }

  private noteWarmth(): void {
    const isWarm = this.cycles >= this.warmUp.cycles && performance.now() - this.since >= this.warmUp.seconds * 1_000;
    if (this.window !== 'before' || !isWarm) return;
    this.window = 'warm';
    this.onWarm();
  }
}

/** Serves the process that forked this one: `begin` makes the clients of an order, and `end` lets go of what they used. */
export function serveLoad<Order extends { warmUp: WarmUp }>(
  begin: (order: Order) => Promise<{ clients: RunCycle[]; end: () => Promise<void> }>,
): void {
  const say = (answer: LoadAnswer) => process.send?.(answer);
  let loop: ClosedLoop | null = null;
  let end = async () => {};
  process.on('message', (message: LoadMessage<Order>) => void take(message));

  async function take(message: LoadMessage<Order>): Promise<void> {
    if (message === 'measure') return loop?.measure();
    if (message !== 'stop') return start(message.order);
    const result = await loop?.stop();
    await end();
    if (result) process.send?.(result, undefined, undefined, () => process.disconnect());
  }

  async function start(order: Order): Promise<void> {
    const begun = await begin(order);
    end = begun.end;
    say('ready');
    loop = new ClosedLoop(begun.clients, order.warmUp, () => say('warm'));
  }
}
