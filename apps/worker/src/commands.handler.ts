import { type Bell, HandleCommand } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { ClaimRunner } from './claim-runner.js';

/** A bell says "look at this volume"; what is due there, and whether anything is, the rows say. */
@Controller()
export class CommandsHandler {
  constructor(private readonly claims: ClaimRunner) {}

  @HandleCommand('attachment.attach')
  attach({ volumeId }: Bell): Promise<void> {
    return this.claims.carryOutAll(volumeId);
  }

  @HandleCommand('attachment.complete')
  complete({ volumeId }: Bell): Promise<void> {
    return this.claims.carryOutAll(volumeId);
  }

  @HandleCommand('attachment.detach')
  detach({ volumeId }: Bell): Promise<void> {
    return this.claims.carryOutAll(volumeId);
  }

  @HandleCommand('volume.create')
  createVolume({ volumeId }: Bell): Promise<void> {
    return this.claims.carryOutAll(volumeId);
  }

  @HandleCommand('volume.delete')
  deleteVolume({ volumeId }: Bell): Promise<void> {
    return this.claims.carryOutAll(volumeId);
  }
}
