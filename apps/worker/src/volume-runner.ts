import {
  afterOtherFailure,
  type CreateVolumeClaim,
  type DeleteVolumeClaim,
  type ExtendVolumeClaim,
  type OperationState,
  type SettleClaim,
} from '@app/domain';
import { OperationsService, TimesConfig } from '@app/attachments';
import { DriverRegistry, type VolumeDriver } from '@app/drivers';
import { Injectable, Logger } from '@nestjs/common';
import { ComputeEvents } from './compute-events.js';
import { explained, HandedOver, within, withoutSecrets } from './driver-step.js';

type VolumeClaim = CreateVolumeClaim | DeleteVolumeClaim | ExtendVolumeClaim | SettleClaim;

/** What is done to a volume as a whole: made, removed, let grow, and made equal to its rows. */
@Injectable()
export class VolumeRunner {
  private readonly log = new Logger(VolumeRunner.name);

  constructor(
    private readonly operations: OperationsService,
    private readonly drivers: DriverRegistry,
    private readonly times: TimesConfig,
    private readonly compute: ComputeEvents,
  ) {}

  /** As with an attach, what cannot be recorded is no failure of the driver. */
  async carryOut(claim: VolumeClaim): Promise<OperationState> {
    try {
      await this.perform(this.drivers.for(claim.backend), claim);
    } catch (error) {
      if (error instanceof HandedOver) throw error;
      return this.failed(claim, error);
    }
    return this.record(claim);
  }

  private perform(driver: VolumeDriver, claim: VolumeClaim): Promise<void> {
    const { volume, call } = claim;
    switch (claim.kind) {
      case 'create-volume':
        return within(call, (bounded) => driver.createVolume(volume, bounded));
      case 'delete-volume':
        return within(call, (bounded) => driver.deleteVolume(volume, bounded));
      case 'extend-volume':
        return within(call, (bounded) => driver.extendVolume(volume, claim.sizeWanted, bounded));
      case 'settle':
        return within(call, (bounded) => driver.settle(volume, claim.live, bounded));
    }
  }

  private record(claim: VolumeClaim): Promise<OperationState> {
    switch (claim.kind) {
      case 'create-volume':
        return this.operations.volumeCreated(claim);
      case 'delete-volume':
        return this.operations.volumeDeleted(claim);
      case 'extend-volume':
        return this.extended(claim);
      case 'settle':
        return this.operations.settled(claim, claim.live.length === 0);
    }
  }

  private async extended(claim: ExtendVolumeClaim): Promise<OperationState> {
    const state = await this.operations.volumeExtended(claim);
    if (state === 'succeeded') this.compute.extended(claim); // behind the result: compute asks for the size as soon as it hears of it
    return state;
  }

  private failed(claim: VolumeClaim, error: unknown): Promise<OperationState> {
    const connections = claim.kind === 'settle' ? claim.live : [];
    const { then, reason: found } = afterOtherFailure(claim, error, this.times.ATTACH_WINDOW_MS);
    const reason = { ...found, text: found.text && withoutSecrets(found.text, connections) };
    this.log.warn(`${claim.kind} ${claim.operationId}: ${then} after: ${explained(error, connections)}`);
    return then === 'again' ? this.operations.again(claim, reason) : this.operations.failed(claim, reason);
  }
}
