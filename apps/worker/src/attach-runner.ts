import {
  afterAttachFailure,
  type AttachClaim,
  type ConnectClaim,
  type Connection,
  connectionAnswerOf,
  connectionInfoOf,
  type DriverConnectionInfo,
  type ExportRecord,
  type OperationState,
  type Reason,
} from '@app/domain';
import { OperationsService, TimesConfig } from '@app/attachments';
import { DriverRegistry } from '@app/drivers';
import { Injectable, Logger } from '@nestjs/common';
import { AbandonedCall, explained, HandedOver, step, within, withoutSecrets } from './driver-step.js';

/** An attachment's, or one that no attachment owns. */
type ConnectingClaim = AttachClaim | ConnectClaim;

/** An attach or a connect: export, connection, result; and its undo. */
@Injectable()
export class AttachRunner {
  private readonly log = new Logger(AttachRunner.name);

  constructor(
    private readonly operations: OperationsService,
    private readonly drivers: DriverRegistry,
    private readonly times: TimesConfig,
  ) {}

  /** What cannot be recorded, or is handed over, is no failure of the driver: it is thrown, the lease runs out, and the next claim does it all again. */
  async carryOut(claim: ConnectingClaim): Promise<OperationState> {
    if (claim.superseded) return this.operations.superseded(claim);
    if (claim.undoing) return this.undo(claim, claim.undoing);
    const prepared = await this.attempt(claim, () => this.prepare(claim));
    if ('ended' in prepared) return prepared.ended;
    if (prepared.done) await this.operations.exported(claim, prepared.done.location);
    const connected = await this.attempt(claim, () => this.connect(claim));
    return 'ended' in connected ? connected.ended : this.record(claim, connected.done);
  }

  private record(claim: ConnectingClaim, answer: DriverConnectionInfo): Promise<OperationState> {
    const traits = this.drivers.traitsOf(claim.backend);
    return claim.kind === 'attach'
      ? this.operations.attached(claim, connectionInfoOf(answer, claim, traits))
      : this.operations.connected(claim, connectionAnswerOf(answer, claim, traits));
  }

  /** The export, if none stands. */
  private async prepare({ backend, volume, connection, leftovers, call }: ConnectingClaim): Promise<ExportRecord | null> {
    const driver = this.drivers.for(backend);
    await step('validate', () => driver.validateConnector(connection.connector));
    // No row names them, so nobody would miss them, and a second host must not have the volume beside them.
    for (const leftover of leftovers) {
      await step('terminate', () => within(call, (bounded) => driver.terminateConnection(volume, leftover, bounded)));
    }
    if (volume.providerLocation !== null) return null;
    return step('createExport', () => within(call, (bounded) => driver.createExport(volume, bounded)));
  }

  private async connect({ backend, volume, connection, replaces, call }: ConnectingClaim): Promise<DriverConnectionInfo> {
    const driver = this.drivers.for(backend);
    const answer = await step('initialize', () => within(call, (bounded) => driver.initializeConnection(volume, connection, bounded)));
    // The row names one connector: the one that it named before must have lost its access before the new one is recorded.
    if (replaces) await step('terminate', () => within(call, (bounded) => driver.terminateConnection(volume, replaces, bounded)));
    return answer;
  }

  private async attempt<T>(claim: ConnectingClaim, effect: () => Promise<T>): Promise<{ done: T } | { ended: OperationState }> {
    try {
      return { done: await effect() };
    } catch (error) {
      return { ended: await this.failed(claim, error) };
    }
  }

  private async failed(claim: ConnectingClaim, error: unknown): Promise<OperationState> {
    if (error instanceof HandedOver) throw error;
    const { then, reason: found } = afterAttachFailure(claim, error, this.times.ATTACH_WINDOW_MS);
    const reason = { ...found, text: found.text && withoutSecrets(found.text, connectionsOf(claim)) };
    this.log.warn(`${claim.kind} ${claim.operationId}: ${then} after: ${explained(error, connectionsOf(claim))}`);
    if (then === 'again') return this.operations.again(claim, reason);
    if (then === 'fail') return this.operations.attachFailed(claim, reason, false);
    await this.operations.undoing(claim, reason);
    // A call that was abandoned may still come to its effect: the undo needs a higher number, so another claim.
    if (error instanceof AbandonedCall) return this.operations.again(claim, reason);
    return this.undo(claim, reason);
  }

  /** Never ends what the row has recorded, and leaves an export that somebody else uses (design §5). */
  private async undo(claim: ConnectingClaim, reason: Reason): Promise<OperationState> {
    const { volume, connection, call } = claim;
    const driver = this.drivers.for(claim.backend);
    const exportIsOurs = claim.othersConnected === 0 && !claim.repeats && claim.replaces === null && claim.leftovers.length === 0;
    try {
      if (!claim.repeats) await within(call, (bounded) => driver.terminateConnection(volume, connection, bounded));
      if (exportIsOurs) await within(call, (bounded) => driver.removeExport(volume, bounded));
    } catch (error) {
      if (error instanceof HandedOver) throw error;
      this.log.warn(`${claim.kind} ${claim.operationId}: undo goes on, after: ${explained(error, connectionsOf(claim))}`);
      return this.operations.again(claim, reason);
    }
    return this.operations.attachFailed(claim, reason, exportIsOurs);
  }
}

const connectionsOf = ({ connection, replaces, leftovers }: ConnectingClaim): Connection[] => [
  connection,
  ...(replaces ? [replaces] : []),
  ...leftovers,
];
