import { afterAttachFailure, type AttachClaim, connectionInfoOf, type OperationState, type Reason } from '@app/domain';
import { ClaimLost, OperationsService, TimesConfig } from '@app/attachments';
import { DriverRegistry } from '@app/drivers';
import { Injectable, Logger } from '@nestjs/common';
import { AbandonedCall, step, within } from './driver-step.js';

/** An attach: export, connection, result; and its undo. */
@Injectable()
export class AttachRunner {
  private readonly log = new Logger(AttachRunner.name);

  constructor(
    private readonly operations: OperationsService,
    private readonly drivers: DriverRegistry,
    private readonly times: TimesConfig,
  ) {}

  async carryOut(claim: AttachClaim): Promise<OperationState> {
    if (claim.superseded) return this.operations.superseded(claim);
    if (claim.undoing) return this.undo(claim, claim.undoing);
    try {
      return await this.connect(claim);
    } catch (error) {
      if (error instanceof ClaimLost) throw error;
      return this.failed(claim, error);
    }
  }

  private async connect(claim: AttachClaim): Promise<OperationState> {
    const { volume, connection, replaces, leftovers, call } = claim;
    const driver = this.drivers.for(claim.backend);
    await step('validate', () => driver.validateConnector(connection.connector));
    // No row names them, so nobody would miss them, and a second host must not have the volume beside them.
    for (const leftover of leftovers)
      await step('terminate', () => within(call, (bounded) => driver.terminateConnection(volume, leftover, bounded)));
    if (volume.providerLocation === null) {
      const made = await step('createExport', () => within(call, (bounded) => driver.createExport(volume, bounded)));
      await this.operations.exported(claim, made.location);
    }
    const answer = await step('initialize', () => within(call, (bounded) => driver.initializeConnection(volume, connection, bounded)));
    // The row names one connector: the one that it named before must have lost its access before the new one is recorded.
    if (replaces) await step('terminate', () => within(call, (bounded) => driver.terminateConnection(volume, replaces, bounded)));
    return this.operations.attached(claim, connectionInfoOf(answer, claim));
  }

  private async failed(claim: AttachClaim, error: unknown): Promise<OperationState> {
    const { then, reason } = afterAttachFailure(claim, error, this.times.ATTACH_WINDOW_MS);
    this.log.warn(`attach ${claim.operationId}: ${then} after: ${reason.text ?? describe(error)} (request ${claim.requestId})`);
    if (then === 'again') return this.operations.again(claim, reason);
    if (then === 'fail') return this.operations.attachFailed(claim, reason, false);
    await this.operations.undoing(claim, reason);
    // A call that was abandoned may still come to its effect: the undo needs a higher number, so another claim.
    if (error instanceof AbandonedCall) return this.operations.again(claim, reason);
    return this.undo(claim, reason);
  }

  /** Never ends what the row has recorded, and leaves an export that somebody else uses (design §5). */
  private async undo(claim: AttachClaim, reason: Reason): Promise<OperationState> {
    const { volume, connection, call } = claim;
    const driver = this.drivers.for(claim.backend);
    const exportIsOurs = claim.othersConnected === 0 && !claim.repeats && claim.replaces === null && claim.leftovers.length === 0;
    try {
      if (!claim.repeats) await within(call, (bounded) => driver.terminateConnection(volume, connection, bounded));
      if (exportIsOurs) await within(call, (bounded) => driver.removeExport(volume, bounded));
    } catch (error) {
      this.log.warn(`attach ${claim.operationId}: undo goes on, after: ${describe(error)} (request ${claim.requestId})`);
      return this.operations.again(claim, reason);
    }
    return this.operations.attachFailed(claim, reason, exportIsOurs);
  }
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
