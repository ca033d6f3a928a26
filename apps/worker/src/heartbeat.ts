import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { BackendsService, OperationsService, TimesConfig } from '@app/attachments';
import { DriverRegistry } from '@app/drivers';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

const RENEWALS_PER_LEASE = 3;

/** Announces the backends that this process serves, and keeps its claims: it beats until the last of them has its result. */
@Injectable()
export class Heartbeat implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(Heartbeat.name);
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly operations: OperationsService,
    private readonly backends: BackendsService,
    private readonly drivers: DriverRegistry,
    private readonly times: TimesConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.announce();
    for (const { name } of this.drivers.backends) {
      if (this.drivers.for(name).capabilities.exportSurvivesRestart) continue;
      const volumes = await this.backends.settleAll(name, `req-${randomUUID()}`);
      if (volumes > 0) this.log.log(`${name}: restoring the connections of ${volumes} volume(s), as the rows have them`);
    }
    this.next();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.beating;
    await this.backends.leave(this.operations.owner);
  }

  private next(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.beating = this.beat().finally(() => this.next());
    }, this.times.LEASE_MS / RENEWALS_PER_LEASE);
  }

  private async beat(): Promise<void> {
    const results = await Promise.allSettled([this.operations.renew(), this.announce()]);
    for (const result of results) if (result.status === 'rejected') this.log.warn(`a heartbeat failed: ${String(result.reason)}`);
  }

  private announce(): Promise<void> {
    return this.backends.serve(this.operations.owner, `${hostname()}:${process.pid}`, this.drivers.backends);
  }
}
