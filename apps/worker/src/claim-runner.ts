import { type Claim, type OperationState, told } from '@app/domain';
import { ClaimLost, OperationsService } from '@app/attachments';
import { DriverRegistry } from '@app/drivers';
import { inLogContext, type LogContext } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { AttachRunner } from './attach-runner.js';
import { DetachRunner } from './detach-runner.js';
import { HandedOver } from './driver-step.js';
import { VolumeRunner } from './volume-runner.js';

/** What is not finished so long after a drain began goes to another worker; the rest of its time is for letting go. */
const HAND_OVER_AFTER_MS = 12_000;

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

  /** From here on nothing new is taken; what is at work gets its result, or is handed over. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    setTimeout(() => this.operations.handOver(), HAND_OVER_AFTER_MS).unref();
  }

  /**
   * A claim may be of any kind: its holder works for everybody. Finding nothing to do is success. Says whether nothing was left because this
   * process ends.
   */
  async carryOutAll(volumeId: string): Promise<boolean> {
    if (this.stopped) return false;
    for await (const claim of this.operations.claimsOf(volumeId, this.backends)) {
      await inLogContext(contextOf(claim), () => this.carryOutOne(claim));
      if (this.stopped) return false;
    }
    return true;
  }

  private async carryOutOne(claim: Claim): Promise<void> {
    const about = `${claim.kind} ${claim.operationId} of volume ${claim.volume.id}, attempt ${claim.attempts}`;
    this.log.debug(`claimed: ${about}`);
    await this.carryOut(claim).then(
      (state) => (state === 'failed' ? this.log.warn(`failed: ${about}`) : this.log.log(`${state}: ${about}`)),
      (error: unknown) => this.ended(claim, about, error),
    );
  }

  private carryOut(claim: Claim): Promise<OperationState> {
    switch (claim.kind) {
      case 'attach':
      case 'connect':
        return this.attaches.carryOut(claim);
      case 'detach':
      case 'disconnect':
        return this.detaches.carryOut(claim);
      case 'complete':
        return this.operations.completed(claim);
      case 'settle':
      case 'create-volume':
      case 'delete-volume':
      case 'extend-volume':
        return this.volumes.carryOut(claim);
    }
  }

  private async ended(claim: Claim, about: string, error: unknown): Promise<void> {
    if (!(error instanceof HandedOver)) return this.explain(about, error);
    this.log.warn(`handed over: ${about}: ${error.message}`);
    // Otherwise its lease keeps the next claim away for a while, as it does when a worker dies.
    if (error.ended) await this.operations.release(claim).catch((failure: unknown) => this.explain(about, failure));
  }

  /** The claim's lease runs out and somebody takes it up again; a lost claim already has somebody. */
  private explain(about: string, error: unknown): void {
    if (error instanceof ClaimLost) this.log.warn(error.message);
    else this.log.error(`${about}: no result could be written`, told(error));
  }
}

const contextOf = (claim: Claim): LogContext => ({
  request_id: claim.requestId,
  global_request_id: claim.globalRequestId ?? undefined,
  project_id: claim.projectId,
  operation_id: claim.operationId,
  attachment_id: 'attachmentId' in claim ? claim.attachmentId : undefined,
  volume_id: claim.volume.id,
});
