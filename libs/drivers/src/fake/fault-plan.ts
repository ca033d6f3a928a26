import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { backendUnavailable, DriverError, type DriverCall } from '@app/domain';
import { stillWanted } from '../driver-call.js';
import { isPlainObject, optionFaults } from '../option-rules.js';
import { FAULT_OPTIONS, type Failure, type FakeMethod, type Faults, type Which } from './fake-options.js';

const HANG_LOOK_MS = 20;

/** Steers the drivers of other processes that name this file; they never see it half written. */
export function writeFaults(path: string, faults: Faults): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, JSON.stringify(faults));
  renameSync(beside, path);
}

/** Which faults are still to happen: those given, or those of the file, which is read again at each look. */
export class FaultPlan {
  private faults: Faults;
  private readonly used = new Map<string, number>();
  private lastText: string | null = null;

  constructor(
    faults: Faults,
    private readonly file?: string,
  ) {
    this.faults = faults;
  }

  get current(): Faults {
    if (this.file !== undefined) this.readFile(this.file);
    return this.faults;
  }

  set current(faults: Faults) {
    this.faults = faults;
    this.used.clear();
  }

  /** Everything that happens to a call before its effect. @throws unavailable, not done, for a caller who has given up, unless it is deaf. */
  async before(method: FakeMethod, call: DriverCall): Promise<void> {
    const { latencyMs = 0, hangDeaf = false } = this.current;
    const ms = typeof latencyMs === 'number' ? latencyMs : (latencyMs[method] ?? 0);
    if (ms > 0) await sleep(ms, undefined, { signal: call.signal }).catch(() => undefined); // given up: noticed below
    await this.hang('hangOn', method, call);
    this.fail(method, 'beforeEffect');
    if (!hangDeaf) stillWanted(call);
  }

  /** Everything that happens to a call whose effect is there. */
  async after(method: FakeMethod, call: DriverCall): Promise<void> {
    await this.hang('hangAfter', method, call);
    this.fail(method, 'afterEffect');
    if (this.takes('loseReplyOn', method)) throw backendUnavailable(`the reply of ${method} was lost`);
  }

  /** @throws the failure that the faults name for this method and moment, if any is left. */
  fail(method: FakeMethod, moment: 'beforeEffect' | 'afterEffect'): void {
    const named = this.current.failOn?.[method];
    if (named === undefined) return;
    const failure: Failure = typeof named === 'string' ? { message: named } : named;
    const { message, outcome = 'unknown', kind = 'failed', times = Infinity, raise = false } = failure;
    if ((outcome === 'done') !== (moment === 'afterEffect') || !this.use(`failOn ${method}`, times)) return;
    throw raise ? new Error(message) : new DriverError(kind, outcome, message);
  }

  private async hang(fault: 'hangOn' | 'hangAfter', method: FakeMethod, call: DriverCall): Promise<void> {
    if (!this.takes(fault, method)) return;
    while (timesOf(this.current[fault], method) > 0) {
      const givenUp = call.signal.aborted || call.deadline.getTime() <= Date.now();
      if (givenUp && !this.current.hangDeaf) throw backendUnavailable(`${method} hung until its caller gave up`);
      await sleep(HANG_LOOK_MS);
    }
  }

  private takes(fault: 'hangOn' | 'hangAfter' | 'loseReplyOn', method: FakeMethod): boolean {
    return this.use(`${fault} ${method}`, timesOf(this.current[fault], method));
  }

  private use(what: string, times: number): boolean {
    const used = this.used.get(what) ?? 0;
    if (used >= times) return false;
    this.used.set(what, used + 1);
    return true;
  }

  private readFile(path: string): void {
    const text = textOf(path);
    if (text === this.lastText) return;
    const faults: unknown = text === null ? {} : JSON.parse(text);
    if (!isPlainObject(faults)) throw new Error(`${path} must hold an object`);
    const wrong = optionFaults(FAULT_OPTIONS, faults);
    if (wrong.length > 0) throw new Error(`${path}: ${wrong.join(' ')}`);
    this.current = faults;
    this.lastText = text;
  }
}

function timesOf(which: Which | undefined, method: FakeMethod): number {
  if (which === undefined) return 0;
  if (isList(which)) return which.includes(method) ? Infinity : 0;
  return which[method] ?? 0;
}
const isList = (which: Which): which is readonly FakeMethod[] => Array.isArray(which);

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
