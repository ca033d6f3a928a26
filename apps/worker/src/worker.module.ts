import { DriverRegistry } from '@app/drivers';
import { type Compute, ServiceCompute } from '@app/openstack';
import { type DynamicModule, Module } from '@nestjs/common';
import { AttachRunner } from './attach-runner.js';
import { ComputeEvents } from './compute-events.js';
import { ClaimRunner } from './claim-runner.js';
import { CommandsHandler } from './commands.handler.js';
import { DetachRunner } from './detach-runner.js';
import { Heartbeat } from './heartbeat.js';
import { Pruner } from './pruner.js';
import { Sweeper } from './sweeper.js';
import { VolumeRunner } from './volume-runner.js';

/** What a worker is made of. It needs the attachments module beside it; the drivers are opened in main.ts. */
@Module({
  controllers: [CommandsHandler],
  providers: [ClaimRunner, AttachRunner, DetachRunner, VolumeRunner, ComputeEvents, Sweeper, Heartbeat, Pruner],
})
export class WorkerModule {
  static forRoot(drivers: DriverRegistry, compute: Compute = {}): DynamicModule {
    const given = [
      { provide: DriverRegistry, useValue: drivers },
      { provide: ServiceCompute, useFactory: () => ServiceCompute.from(compute) },
    ];
    return { module: WorkerModule, providers: given, exports: [DriverRegistry] };
  }
}
