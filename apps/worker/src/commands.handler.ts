import { type Bell, type CommandContext, HandleCommand } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { ClaimRunner } from './claim-runner.js';

/** A bell says "look at this volume"; what is due there, and whether anything is, the rows say. */
@Controller()
export class CommandsHandler {
  constructor(private readonly claims: ClaimRunner) {}

  @HandleCommand('attachment.attach')
  attach(bell: Bell, context: CommandContext): Promise<void> {
    return this.carryOut(bell, context);
  }

  @HandleCommand('attachment.complete')
  complete(bell: Bell, context: CommandContext): Promise<void> {
    return this.carryOut(bell, context);
  }

  @HandleCommand('attachment.detach')
  detach(bell: Bell, context: CommandContext): Promise<void> {
    return this.carryOut(bell, context);
  }

  @HandleCommand('volume.create')
  createVolume(bell: Bell, context: CommandContext): Promise<void> {
    return this.carryOut(bell, context);
  }

  @HandleCommand('volume.delete')
  deleteVolume(bell: Bell, context: CommandContext): Promise<void> {
    return this.carryOut(bell, context);
  }

  @HandleCommand('volume.extend')
  extendVolume(bell: Bell, context: CommandContext): Promise<void> {
    return this.carryOut(bell, context);
  }

  @HandleCommand('volume.connect')
  connect(bell: Bell, context: CommandContext): Promise<void> {
    return this.carryOut(bell, context);
  }

  @HandleCommand('volume.disconnect')
  disconnect(bell: Bell, context: CommandContext): Promise<void> {
    return this.carryOut(bell, context);
  }

  /** A worker that ends leaves the volume's bell to the next one, which then need not wait for its sweep. */
  private async carryOut({ volumeId }: Bell, context: CommandContext): Promise<void> {
    if (!(await this.claims.carryOutAll(volumeId))) context.handOver();
  }
}
