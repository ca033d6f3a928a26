import { afterOtherFailure, type CreateVolumeClaim, type DeleteVolumeClaim, type OperationState, type SettleClaim } from '@app/domain';
import { ClaimLost, OperationsService, TimesConfig } from '@app/attachments';
import { DriverRegistry, type VolumeDriver } from '@app/drivers';
import { Injectable, Logger } from '@nestjs/common';
import { within } from './driver-step.js';

type VolumeClaim = CreateVolumeClaim | DeleteVolumeClaim | SettleClaim;

/** What is done to a volume as a whole: made, removed, and made equal to its rows. */
@Injectable()
export class VolumeRunner {
  private readonly log = new Logger(VolumeRunner.name);

  constructor(
    private readonly operations: OperationsService,
    private readonly drivers: DriverRegistry,
    private readonly times: TimesConfig,
  ) {}

  async carryOut(claim: VolumeClaim): Promise<OperationState> {
    try {
      return await this.perform(this.drivers.for(claim.backend), claim);
    } catch (error) {
      if (error instanceof ClaimLost) throw error;
      const { then, reason } = afterOtherFailure(claim, error, this.times.ATTACH_WINDOW_MS);
      this.log.warn(`${claim.kind} ${claim.operationId}: ${then} after: ${reason.text ?? String(error)} (request ${claim.requestId})`);
      return then === 'again' ? this.operations.again(claim, reason) : this.operations.failed(claim, reason);
    }
  }

  private async perform(driver: VolumeDriver, claim: VolumeClaim): Promise<OperationState> {
    const { volume, call } = claim;
    switch (claim.kind) {
      case 'create-volume':
        await within(call, (bounded) => driver.createVolume(volume, bounded));
        return this.operations.volumeCreated(claim);
      case 'delete-volume':
        await within(call, (bounded) => driver.deleteVolume(volume, bounded));
        return this.operations.volumeDeleted(claim);
      case 'settle':
        await within(call, (bounded) => driver.settle(volume, claim.live, bounded));
        return this.operations.settled(claim, claim.live.length === 0);
    }
  }
}
