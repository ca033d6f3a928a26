import { type Claim, type OperationState, told } from '@app/domain';
import { ClaimLost, OperationsService } from '@app/attachments';
import { DriverRegistry } from '@app/drivers';
import { Injectable, Logger } from '@nestjs/common';
import { AttachRunner } from './attach-runner.js';
import { DetachRunner } from './detach-runner.js';
import { VolumeRunner } from './volume-runner.js';

/** Carries out whatever is due on a volume: claim, effect, result. Whoever rings for it, and the sweeper, come here. */
@Injectable()
export class ClaimRunner {
  private readonly log = new Logger(ClaimRunner.name);
  private readonly backends: string[];
  private stopped = false;

  constructor(
    private readonly operations: OperationsService,
    drivers: DriverRegistry,
    private readonly attaches: AttachRunner,
    private readonly detaches: DetachRunner,
    private readonly volumes: VolumeRunner,
  ) {
    this.backends = drivers.backends.map(({ name }) => name);
  }

  /** From here on nothing new is taken; what is at work gets its result. */
  stop(): void {
    this.stopped = true;
  }

  /** A claim may be of any kind: its holder works for everybody. Finding nothing to do is success. */
  async carryOutAll(volumeId: string): Promise<void> {
    if (this.stopped) return;
    for await (const claim of this.operations.claimsOf(volumeId, this.backends)) {
      const about = `${claim.kind} ${claim.operationId} of volume ${volumeId}, attempt ${claim.attempts} (request ${claim.requestId})`;
      this.log.debug(`claimed: ${about}`);
      await this.carryOut(claim).then(
        (state) => (state === 'failed' ? this.log.warn(`failed: ${about}`) : this.log.log(`${state}: ${about}`)),
        (error: unknown) => this.explain(about, error),
      );
      if (this.stopped) return;
    }
  }

  private carryOut(claim: Claim): Promise<OperationState> {
    switch (claim.kind) {
      case 'attach':
        return this.attaches.carryOut(claim);
      case 'detach':
        return this.detaches.carryOut(claim);
      case 'complete':
        return this.operations.completed(claim);
      case 'settle':
      case 'create-volume':
      case 'delete-volume':
        return this.volumes.carryOut(claim);
    }
  }

  /** The claim's lease runs out and somebody takes it up again; a lost claim already has somebody. */
  private explain(about: string, error: unknown): void {
    if (error instanceof ClaimLost) this.log.warn(error.message);
    else this.log.error(`${about}: no result could be written`, told(error));
  }
}
