import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@app/domain';
import { Logger } from '@nestjs/common';
import { BehaviorSubject, filter, firstValueFrom } from 'rxjs';
import type { AmqpAddress } from './amqp.address.js';
import { AmqpSession, within } from './amqp.session.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const FURNISH_TIMEOUT_MS = 30_000;

/** Declares, consumes: all that makes a fresh connection fit for its purpose. */
export type Furnish = (session: AmqpSession) => Promise<void>;

/** A connection that is always wanted: made anew after any loss, for ever, until it is closed. */
export class AmqpLink {
  private readonly logger = new Logger(AmqpLink.name);
  private readonly stop = new AbortController();
  private readonly up = new BehaviorSubject<AmqpSession | null>(null);
  /** The session in use, now and whenever it changes; null while there is none. Completes when the link is closed. */
  readonly changes = this.up.asObservable();
  private upholding?: Promise<void>;
  private lastReason = '';

  constructor(
    private readonly address: AmqpAddress,
    private readonly purpose: string,
    private readonly furnish: Furnish,
  ) {}

  open(): void {
    if (!this.stop.signal.aborted) this.upholding ??= this.uphold();
  }

  get wanted(): boolean {
    return this.upholding !== undefined && !this.stop.signal.aborted;
  }

  get session(): AmqpSession | null {
    return this.up.value;
  }

  /** Resolves when the link stands, now or next. Rejects once it is closed. */
  async ready(): Promise<void> {
    await firstValueFrom(this.up.pipe(filter((session) => session !== null)));
  }

  async close(): Promise<void> {
    this.stop.abort();
    this.session?.end(new Error('closed by this process'));
    await this.upholding;
    this.up.complete();
  }

  private async uphold(): Promise<void> {
    let failures = 0;
    while (!this.stop.signal.aborted) {
      const { stood, reason } = await this.live();
      if (this.stop.signal.aborted) return;
      this.warn(reason);
      failures = stood ? 0 : failures + 1;
      await sleep(pauseAfter(failures), undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  /** One connection's whole life. */
  private async live(): Promise<{ stood: boolean; reason: string }> {
    let session: AmqpSession | null = null;
    let stood = false;
    try {
      session = await AmqpSession.open(this.address, this.purpose, this.stop.signal);
      await this.furnished(session);
      this.stop.signal.throwIfAborted();
      stood = true;
      this.stands(session);
      return { stood, reason: (await session.ended).message };
    } catch (error) {
      return { stood, reason: messageOf(error) };
    } finally {
      if (stood) this.up.next(null);
      await session?.close();
    }
  }

  private async furnished(session: AmqpSession): Promise<void> {
    const lost = session.ended.then((reason) => Promise.reject(reason));
    await within(Promise.race([this.furnish(session), lost]), FURNISH_TIMEOUT_MS, this.stop.signal);
  }

  private stands(session: AmqpSession): void {
    if (this.lastReason !== '') this.logger.log(`RabbitMQ is back (${this.purpose})`);
    this.lastReason = '';
    this.up.next(session);
  }

  /** Once for each reason, not for each try. */
  private warn(reason: string): void {
    if (reason !== this.lastReason)
      this.logger.warn(`RabbitMQ at ${new URL(this.address.url).host} is away (${this.purpose}), trying on: ${reason}`);
    this.lastReason = reason;
  }
}

/** Twice as long each time, and never twice the same: after a broker's restart all its clients come back at once. */
function pauseAfter(failures: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
  return longest / 2 + (Math.random() * longest) / 2;
}
