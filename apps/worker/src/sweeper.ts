import { setTimeout as pause } from 'node:timers/promises';
import { OperationsService, TimesConfig } from '@app/attachments';
import { told } from '@app/domain';
import { DriverRegistry } from '@app/drivers';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ClaimRunner } from './claim-runner.js';

/** How many volumes one process sweeps at a time. */
const AT_ONCE = 16;
/** As long as the handlers of bells have, too, and from the same moment on. */
const DRAIN_MS = 15_000;

/** Answers "stuck": once a second it asks which operations are due and not being worked on, and carries them out. It never rings. */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger(Sweeper.name);
  private readonly working = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private stopped: number | null = null;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly operations: OperationsService,
    private readonly claims: ClaimRunner,
    private readonly drivers: DriverRegistry,
    private readonly times: TimesConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.next();
  }

  /** The first step of a drain: nothing new is begun, neither by a sweep nor for a bell. */
  stop(): void {
    this.stopped ??= performance.now();
    clearTimeout(this.timer);
    this.claims.stop();
  }

  /** Resolves when what was begun has its result, has been handed over, or has had long enough: then its lease runs out and another worker takes it up. */
  async onModuleDestroy(): Promise<void> {
    this.stop();
    const left = DRAIN_MS - (performance.now() - (this.stopped ?? 0));
    const ended = this.sweeping.then(() => Promise.all(this.working.values()));
    await Promise.race([ended, pause(Math.max(0, left), undefined, { ref: false })]);
  }

  private next(): void {
    if (this.stopped !== null) return;
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep().finally(() => this.next());
    }, this.times.SWEEP_INTERVAL_MS);
  }

  private async sweep(): Promise<void> {
    try {
      const volumes = await this.operations.dueVolumes(this.drivers.backends.map(({ name }) => name));
      for (const volumeId of volumes) {
        if (this.stopped !== null || this.working.size >= AT_ONCE) return;
        if (!this.working.has(volumeId)) this.work(volumeId);
      }
    } catch (error) {
      this.log.warn(`a sweep failed, the next one tries again: ${String(error)}`);
    }
  }

  private work(volumeId: string): void {
    const work = this.claims
      .carryOutAll(volumeId)
      .then(() => undefined)
      .catch((error: unknown) => this.log.error(`volume ${volumeId} could not be swept`, told(error)))
      .finally(() => this.working.delete(volumeId));
    this.working.set(volumeId, work);
  }
}
