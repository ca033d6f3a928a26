import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type Caller, type Look, OperationsService, type Promised } from '@app/attachments';
import { CommandClient } from '@app/messaging';
import { type Observable, NEVER, Subject, takeUntil, timer } from 'rxjs';
import { GatewayConfig } from '../gateway.config.js';
import { Pause } from './pause.js';

/** When to look unasked, in ms since the last look: a bell or its reply may be lost. The last one goes on for ever. */
const LOOK_AFTER = [500, 1000, 2000, 4000];
const LOOK_AT_LAST_AFTER = 4000;

type Asking = Pick<Caller, 'projectId' | 'requestId'>;

interface Wait {
  until: number;
  pause: Pause;
  /** Whether a look has failed already: said once, however long the database stays away. */
  blind: boolean;
}

/**
 * Waits for what was promised to be carried out. Waiting changes nothing: whoever stops leaves the operation to the workers, and may come
 * back to it (design §6).
 */
@Injectable()
export class OperationWaiter implements OnModuleDestroy {
  private readonly logger = new Logger(OperationWaiter.name);
  private readonly waits = new Set<Wait>();
  private readonly ofProjects = new Map<string, number>();
  private readonly ending = new Subject<void>();
  private limit: number;

  constructor(
    private readonly operations: OperationsService,
    private readonly commands: CommandClient,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {
    this.limit = config.WAIT_LIMIT_MS;
  }

  /** How many callers wait; of one project, or of all. */
  waiting(projectId?: string): number {
    return projectId === undefined ? this.waits.size : (this.ofProjects.get(projectId) ?? 0);
  }

  /** The operation once it has ended; null at the wait limit, when nobody knows yet how it will. */
  async carriedOut(promised: Promised, { projectId, requestId }: Asking): Promise<Look | null> {
    const wait: Wait = { until: performance.now() + this.limit, pause: new Pause(), blind: false };
    this.waits.add(wait);
    this.ofProjects.set(projectId, this.waiting(projectId) + 1);
    const bell = this.bell(promised, requestId).subscribe(() => wait.pause.end());
    try {
      return await this.lookUntilEnded(promised, wait);
    } finally {
      this.waits.delete(wait);
      this.forgetOne(projectId);
      bell.unsubscribe();
    }
  }

  /** Rings, for a caller who does not wait. */
  ring(promised: Promised, requestId: string): void {
    this.bell(promised, requestId)
      .pipe(takeUntil(this.ending), takeUntil(timer(this.limit)))
      .subscribe();
  }

  /** Whoever waits has what is left of `DRAIN_MS`, then hears what he would hear at the wait limit. */
  onModuleDestroy(): void {
    const { DRAIN_MS, DRAIN_DELAY_MS } = this.config;
    this.limit = Math.min(this.limit, Math.max(0, DRAIN_MS - DRAIN_DELAY_MS));
    for (const wait of this.waits) {
      wait.until = Math.min(wait.until, performance.now() + this.limit);
      wait.pause.end();
    }
    this.ending.next();
  }

  private forgetOne(projectId: string): void {
    const left = this.waiting(projectId) - 1;
    if (left > 0) this.ofProjects.set(projectId, left);
    else this.ofProjects.delete(projectId);
  }

  private async lookUntilEnded(promised: Promised, wait: Wait): Promise<Look | null> {
    for (let looks = 0; performance.now() < wait.until; looks++) {
      await wait.pause.last(Math.min(LOOK_AFTER[looks] ?? LOOK_AT_LAST_AFTER, wait.until - performance.now()));
      const look = await this.look(promised, wait);
      if (look && hasEnded(look)) return look;
    }
    return null;
  }

  /** A look that fails has seen nothing: the promise stands all the same, so its caller must not hear that it has failed. */
  private async look(promised: Promised, wait: Wait): Promise<Look | null> {
    try {
      return await this.operations.look(promised);
    } catch (error) {
      if (!wait.blind) this.logger.warn(`operation ${promised.operationId} cannot be looked at, and is waited for all the same`, error);
      wait.blind = true;
      return null;
    }
  }

  /** Emits when a worker says "look now". What has no bell is found by the sweepers. */
  private bell({ command, operationId, volumeId, attachmentId, backend }: Promised, requestId: string): Observable<void> {
    return command === null ? NEVER : this.commands.ring(command, { operationId, volumeId, attachmentId, backend }, { requestId });
  }
}

const hasEnded = ({ state }: Look) => state === 'succeeded' || state === 'failed';
