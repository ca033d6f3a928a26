import { randomUUID } from 'node:crypto';
import {
  type AttachClaim,
  type Claim,
  type CompleteClaim,
  type ConnectClaim,
  type ConnectionInfo,
  type DetachClaim,
  type DisconnectClaim,
  type ExtendVolumeClaim,
  type OperationKind,
  type OperationState,
  type Reason,
  type SettleClaim,
  TRANSITIONS,
  unavailable,
  type VolumeStatus,
} from '@app/domain';
import { Logger } from '@nestjs/common';
import { attachmentRecord, type AttachmentRow } from './attachment.rows.js';
import { type Claimant, claimStatement, type ClaimRow, dueVolumes, renewStatement } from './claim.statements.js';
import { claimOf } from './claims.js';
import { type Database, sqlState, UNIQUE_VIOLATION } from './database.js';
import { openAnswer } from './intent.js';
import { lookStatement } from './look.statement.js';
import type { AttachmentRecord, Look, Promised } from './records.js';
import * as results from './result.statements.js';
import type { KeyRing } from './sealing.js';
import { type Sql, sql } from './sql.js';
import type { TimesConfig } from './store.config.js';

const VOLUMES_PER_SWEEP = 100;

/** What a volume becomes that could not be made or removed. */
const UNDONE_VOLUME: Partial<Record<OperationKind, VolumeStatus>> = {
  'create-volume': TRANSITIONS.volumeNotCreated.volume,
  'delete-volume': TRANSITIONS.volumeNotDeleted.volume,
};

/** A result came too late: somebody else has taken the operation over. Nothing of it was written. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** Why a driver call is aborted when its process ends: what it was made for goes to another worker. */
export class HandOver extends Error {
  override readonly name = 'HandOver';
}

/** The life of an operation: claims with numbers and leases, their results, and a look at what came of it (design §5). */
export class OperationsService {
  /** Names this process in the claims that it holds. */
  readonly owner = randomUUID();
  private readonly log = new Logger(OperationsService.name);
  private readonly running = new Map<string, AbortController>();
  private readonly nothingMore = new WeakSet<Claim>();

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly times: TimesConfig,
  ) {}

  /** Every operation of the volume that this process may carry out now, one after the other. Each must be given a result before the next is taken. */
  async *claimsOf(volumeId: string, backends: readonly string[]): AsyncGenerator<Claim> {
    for (;;) {
      const claim = await this.claim(volumeId, { owner: this.owner, backends });
      if (!claim) return;
      try {
        yield claim;
      } finally {
        this.running.delete(String(claim.call.number));
      }
      if (this.nothingMore.has(claim)) return;
    }
  }

  /** What came of a promise; one statement. */
  async look({ operationId }: Promised): Promise<Look> {
    const row = await this.database.row<LookRow>(lookStatement(operationId));
    if (!row) throw new Error(`operation ${operationId} is unknown`);
    const { state, reason, current, remaining, result, ...attachment } = row;
    const present = attachment.id !== null;
    return {
      state,
      reason,
      current,
      attachment: present ? attachmentRecord(this.keys, attachment) : null,
      remaining: remaining ?? [],
      answer: result === null ? null : openAnswer(this.keys, operationId, result),
    };
  }

  /** Volumes on which there is something to do: the sweeper's one query. */
  async dueVolumes(backends: readonly string[]): Promise<string[]> {
    const rows = await this.database.rows<{ volumeId: string }>(dueVolumes({ owner: this.owner, backends }, this.times, VOLUMES_PER_SWEEP));
    return rows.map(({ volumeId }) => volumeId);
  }

  /** Renews all claims of this process at once. A claim that was lost, or that could not be renewed, has its driver call aborted. */
  async renew(): Promise<void> {
    const numbers = [...this.running.keys()];
    if (numbers.length === 0) return;
    try {
      const kept = await this.repeated(() => this.database.rows<{ number: string }>(renewStatement(this.owner, numbers, this.times)));
      const held = new Set(kept.map(({ number }) => number));
      for (const number of numbers) if (!held.has(number)) this.abort(number, new Error('its claim was taken over'));
    } catch (error) {
      for (const number of numbers) this.abort(number, new Error('its claim could not be renewed'));
      throw error;
    }
  }

  /** Only for a database that one process holds alone, as it starts: whoever held a lease, or served a backend, is dead. */
  async freeLeases(): Promise<void> {
    await this.database.rows(sql`with w as (delete from workers) update operations set lease_until = null where state = 'running'`);
  }

  /** Every result returns the state in which it left the operation. @throws ClaimLost when somebody else has taken the operation over. */
  attached(claim: AttachClaim, info: ConnectionInfo): Promise<OperationState> {
    return this.result(claim, results.attachedStatement(this.keys, claim, info));
  }

  /** The export is recorded before a host is connected. */
  async exported(claim: AttachClaim | ConnectClaim, location: string): Promise<void> {
    const rows = await this.repeated(() => this.database.rows(results.exportedStatement(claim, location)));
    if (rows.length === 0) await this.lost(claim);
  }

  connected(claim: ConnectClaim, answer: ConnectionInfo): Promise<OperationState> {
    return this.result(claim, results.connectedStatement(this.keys, claim, answer));
  }

  disconnected(claim: DisconnectClaim, exported: results.Exported): Promise<OperationState> {
    return this.result(claim, results.disconnectedStatement(claim, exported));
  }

  superseded(claim: AttachClaim | ConnectClaim): Promise<OperationState> {
    return this.result(claim, results.supersededStatement(claim));
  }

  /** From here on only the undo is left, whoever carries it out. */
  async undoing(claim: AttachClaim | ConnectClaim, reason: Reason): Promise<void> {
    const rows = await this.repeated(() => this.database.rows(results.undoingStatement(claim, reason)));
    if (rows.length === 0) await this.lost(claim);
  }

  attachFailed(claim: AttachClaim | ConnectClaim, reason: Reason, exportGone: boolean): Promise<OperationState> {
    return this.result(claim, results.attachFailedStatement(claim, reason, exportGone));
  }

  completed(claim: CompleteClaim): Promise<OperationState> {
    return this.result(claim, results.completedStatement(claim));
  }

  detached(claim: DetachClaim, exported: results.Exported): Promise<OperationState> {
    return this.result(claim, results.detachedStatement(claim, exported));
  }

  settled(claim: SettleClaim, exportGone: boolean): Promise<OperationState> {
    return this.result(claim, results.settledStatement(claim, exportGone));
  }

  volumeCreated(claim: Claim): Promise<OperationState> {
    return this.result(claim, results.volumeStatement(claim, { status: TRANSITIONS.volumeCreated.volume, reason: null }));
  }

  volumeDeleted(claim: Claim): Promise<OperationState> {
    return this.result(claim, results.volumeStatement(claim, { status: TRANSITIONS.volumeDeleted.volume, reason: null, deleted: true }));
  }

  volumeExtended(claim: ExtendVolumeClaim): Promise<OperationState> {
    return this.result(claim, results.extendedStatement(claim));
  }

  /** A refusal that changes nothing but the operation, and the status of a volume that could not be made or removed. */
  failed(claim: Claim, reason: Reason): Promise<OperationState> {
    if (claim.kind === 'disconnect') return this.result(claim, results.notDisconnectedStatement(claim, reason));
    if (claim.kind === 'extend-volume') return this.result(claim, results.notExtendedStatement(claim, reason));
    const status = UNDONE_VOLUME[claim.kind];
    return this.result(
      claim,
      status ? results.volumeStatement(claim, { status, reason }) : results.endedStatement(claim, 'failed', reason),
    );
  }

  /** Frees the claim; the next attempt comes after the backoff that the claim has set. */
  again(claim: Claim, reason: Reason): Promise<OperationState> {
    return this.result(claim, results.againStatement(claim, reason));
  }

  /** Frees the claim for another process, which may take it up at once; its driver call must have ended. */
  release(claim: Claim): Promise<OperationState> {
    return this.result(claim, results.releasedStatement(claim));
  }

  /** Aborts every driver call of this process, so that what it holds can be released. */
  handOver(): void {
    for (const number of this.running.keys()) this.abort(number, new HandOver('this process ends'));
  }

  private async claim(volumeId: string, claimant: Claimant): Promise<Claim | undefined> {
    const row = await this.repeated(() => this.claimed(claimStatement(volumeId, claimant, this.times)));
    if (!row) return undefined;
    const abort = new AbortController();
    const deadline = new Date(Date.now() + this.times.DRIVER_TIMEOUT_MS);
    const claim = claimOf(row, this.keys, { number: BigInt(row.number), deadline, signal: abort.signal });
    // Only now: the lease of what cannot be opened must run out.
    this.running.set(row.number, abort);
    return claim;
  }

  /** Of two claims that overlap one may be told by the index that the volume's slot is taken: then there is nothing to do here. */
  private async claimed(statement: Sql): Promise<ClaimRow | null> {
    try {
      return (await this.database.row<ClaimRow>(statement)) ?? null;
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) return null;
      throw error;
    }
  }

  private async result(claim: Claim, statement: Sql): Promise<OperationState> {
    const row = await this.repeated(async () => (await this.database.row<{ state: OperationState; more: boolean }>(statement)) ?? null);
    if (!row) return this.lost(claim);
    if (!row.more) this.nothingMore.add(claim);
    return row.state;
  }

  private async lost(claim: Claim): Promise<never> {
    if (claim.kind !== 'complete') await this.repeated(() => this.database.rows(results.settleStatement(claim)));
    throw new ClaimLost(`claim ${claim.call.number} of operation ${claim.operationId} was taken over; its result was refused`);
  }

  private repeated<T>(work: () => Promise<T>): Promise<T> {
    return this.database.repeat(work, unavailable);
  }

  private abort(number: string, why: Error): void {
    const controller = this.running.get(number);
    if (!controller) return; // it got its result meanwhile
    this.log.warn(`claim ${number}: driver call aborted, ${why.message}`);
    controller.abort(why);
  }
}

/** The row of a look; the attachment's columns are null when its row is gone. */
type LookRow = Omit<Look, 'attachment' | 'remaining' | 'answer'> &
  AttachmentRow & { remaining: AttachmentRecord[] | null; result: string | null };
