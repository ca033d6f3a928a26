import { afterOtherFailure, type DetachClaim, type DisconnectClaim, type OperationState } from '@app/domain';
import { OperationsService, TimesConfig } from '@app/attachments';
import { DriverRegistry, type VolumeDriver } from '@app/drivers';
import { Injectable, Logger } from '@nestjs/common';
import { explained, HandedOver, step, within, withoutSecrets } from './driver-step.js';

/** An attachment's connections, or those that no attachment owns. */
type EndingClaim = DetachClaim | DisconnectClaim;

/** A detach or a disconnect: every connection that may be there is ended; then, if nobody else uses it, the export. */
@Injectable()
export class DetachRunner {
  private readonly log = new Logger(DetachRunner.name);

  constructor(
    private readonly operations: OperationsService,
    private readonly drivers: DriverRegistry,
    private readonly times: TimesConfig,
  ) {}

  async carryOut(claim: EndingClaim): Promise<OperationState> {
    const driver = this.drivers.for(claim.backend);
    let shared: boolean;
    try {
      shared = await step('terminate', () => this.endAll(driver, claim));
    } catch (error) {
      if (error instanceof HandedOver) throw error;
      return this.failed(claim, error);
    }
    const exported = await this.endExport(driver, claim, shared);
    return claim.kind === 'detach' ? this.operations.detached(claim, exported) : this.operations.disconnected(claim, exported);
  }

  /** Returns whether the driver says that others still use the export. */
  private async endAll(driver: VolumeDriver, { volume, connections, call }: EndingClaim): Promise<boolean> {
    let shared = false;
    for (const connection of connections) {
      shared = await within(call, (bounded) => driver.terminateConnection(volume, connection, bounded));
    }
    return shared;
  }

  /** Access is gone whatever happens here, so the detach has succeeded: an export that will not go becomes work of its own. */
  private async endExport(driver: VolumeDriver, claim: EndingClaim, shared: boolean): Promise<'stands' | 'gone' | 'leftOver'> {
    if (shared || claim.othersConnected > 0 || claim.connections.length === 0) return 'stands';
    try {
      await within(claim.call, (bounded) => driver.removeExport(claim.volume, bounded));
      return 'gone';
    } catch (error) {
      if (error instanceof HandedOver) throw error; // it may still be at it: whoever claims next must wait for the lease
      this.log.warn(`${claim.kind} ${claim.operationId}: the export is left over, after: ${explained(error, claim.connections)}`);
      return 'leftOver';
    }
  }

  private failed(claim: EndingClaim, error: unknown): Promise<OperationState> {
    const { then, reason: found } = afterOtherFailure(claim, error, this.times.ATTACH_WINDOW_MS);
    const reason = { ...found, text: found.text && withoutSecrets(found.text, claim.connections) };
    this.log.warn(`${claim.kind} ${claim.operationId}: ${then} after: ${explained(error, claim.connections)}`);
    return then === 'again' ? this.operations.again(claim, reason) : this.operations.failed(claim, reason);
  }
}
