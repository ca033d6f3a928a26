// The load: a process of its own, so that what it costs is in no figure. Told what to do over IPC; a message for each step.
import { Agent, request } from 'node:http';
import { type Percentiles, percentiles } from './percentiles';
import { type Call, type ClientFacts, type Workload, WORKLOADS } from './workloads';

export interface LoadOrder {
  url: string;
  headers: Record<string, string>;
  workload: Workload;
  /** One client each, in a closed loop. */
  clients: ClientFacts[];
  /** Said when both are over: so many seconds, and so many cycles of all clients together. */
  warmUp: { seconds: number; cycles: number };
}

export interface LoadResult {
  /** That ended within the window. */
  cycles: number;
  seconds: number;
  calls: Record<string, Percentiles>;
  /** By what went wrong; counted from the first call on, also before the window. */
  errors: Record<string, number>;
}

export type LoadMessage = { order: LoadOrder } | 'measure' | 'stop';
export type LoadAnswer = 'warm' | LoadResult;

class Load {
  private readonly agent: Agent;
  private readonly errors: Record<string, number> = {};
  private durations: Record<string, number[]> = {};
  private cycles = 0;
  private since: number;
  private isWarm = false;
  private window: 'before' | 'open' | 'closed' = 'before';
  private readonly clients: Promise<void>[];

  constructor(
    private readonly order: LoadOrder,
    private readonly onWarm: () => void,
  ) {
    this.since = performance.now();
    this.agent = new Agent({ keepAlive: true, maxSockets: order.clients.length, noDelay: true });
    this.clients = order.clients.map((facts) => this.runClient(facts));
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
    await Promise.all(this.clients);
    this.agent.destroy();
    const calls = Object.fromEntries(Object.entries(this.durations).map(([name, durations]) => [name, percentiles(durations)]));
    return { cycles, seconds, calls, errors: this.errors };
  }

  private async runClient(facts: ClientFacts): Promise<void> {
    while (this.window !== 'closed') {
      // A client whose call went wrong stops: what it would find next is not what is measured.
      if (!(await this.runCycle(facts))) return;
      this.cycles++;
      this.noteWarmth();
    }
  }

  private noteWarmth(): void {
    const { seconds, cycles } = this.order.warmUp;
    if (this.window !== 'before' || this.isWarm) return;
    this.isWarm = this.cycles >= cycles && performance.now() - this.since >= seconds * 1_000;
    if (this.isWarm) this.onWarm();
  }

  private async runCycle(facts: ClientFacts): Promise<boolean> {
    const cycle = WORKLOADS[this.order.workload](facts);
    for (let step = cycle.next(); !step.done;) {
      const begun = performance.now();
      const { fault, body } = await this.send(step.value);
      if (fault !== null) return this.note(`${step.value.name}: ${fault}`);
      if (this.window === 'open') (this.durations[step.value.name] ??= []).push(performance.now() - begun);
      step = cycle.next(body);
    }
    return true;
  }

  private note(fault: string): false {
    this.errors[fault] = (this.errors[fault] ?? 0) + 1;
    return false;
  }

  private async send(call: Call): Promise<{ fault: string | null; body?: unknown }> {
    try {
      const { status, text } = await this.exchange(call);
      if (status !== call.expected) return { fault: `${status} ${text.slice(0, 200)}` };
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      return { fault: call.holds && !call.holds(body) ? `${status}, but not with what was expected` : null, body };
    } catch (error) {
      return { fault: String(error) };
    }
  }

  private exchange({ method, path, body }: Call): Promise<{ status: number; text: string }> {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = { ...this.order.headers, ...(sent && { 'content-type': 'application/json', 'content-length': sent.length }) };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.order.url}${path}`, { method, agent: this.agent, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }));
        answer.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(sent);
    });
  }
}

let load: Load | null = null;
process.on('message', (message: LoadMessage) => {
  if (message === 'measure') load?.measure();
  else if (message === 'stop') void load?.stop().then((result) => process.send?.(result, undefined, undefined, () => process.disconnect()));
  else load = new Load(message.order, () => process.send?.('warm' satisfies LoadAnswer));
});
