import { PruningService, TimesConfig } from '@app/attachments';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** Between two batches of a backlog: callers come first. */
const MORE_AFTER_MS = 1_000;

/** Every few minutes it deletes what has been over for long enough. Each worker does; that they meet is harmless, and made unlikely. */
@Injectable()
export class Pruner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger(Pruner.name);
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private pruning: Promise<void> = Promise.resolve();

  constructor(
    private readonly rows: PruningService,
    private readonly times: TimesConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.next(false);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.pruning;
  }

  private next(more: boolean): void {
    if (this.stopped) return;
    const interval = this.times.PRUNE_INTERVAL_MS;
    const after = (0.5 + Math.random()) * (more ? Math.min(MORE_AFTER_MS, interval) : interval);
    this.timer = setTimeout(() => {
      this.pruning = this.turn().then((left) => this.next(left));
    }, after);
  }

  private async turn(): Promise<boolean> {
    try {
      const { rows, more } = await this.rows.turn(this.times);
      if (rows > 0) this.log.debug(`${rows} old rows deleted`);
      return more;
    } catch (error) {
      this.log.warn(`old rows could not be deleted, the next turn tries again: ${String(error)}`);
      return false;
    }
  }
}
