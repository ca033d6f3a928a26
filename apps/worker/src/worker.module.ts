import { DriverRegistry } from '@app/drivers';
import { type DynamicModule, Module } from '@nestjs/common';
import { AttachRunner } from './attach-runner.js';
import { ClaimRunner } from './claim-runner.js';
import { CommandsHandler } from './commands.handler.js';
import { DetachRunner } from './detach-runner.js';
import { Heartbeat } from './heartbeat.js';
import { Pruner } from './pruner.js';
import { Sweeper } from './sweeper.js';
import { VolumeRunner } from './volume-runner.js';

/** What a worker is made of. It needs the attachments module beside it; the drivers are opened in main.ts. */
@Module({ controllers: [CommandsHandler], providers: [ClaimRunner, AttachRunner, DetachRunner, VolumeRunner, Sweeper, Heartbeat, Pruner] })
export class WorkerModule {
  static forRoot(drivers: DriverRegistry): DynamicModule {
    return { module: WorkerModule, providers: [{ provide: DriverRegistry, useValue: drivers }], exports: [DriverRegistry] };
  }
}
