import type { Database } from './database.js';
import type { TimesConfig } from './store.config.js';
import { type Explanation, explained } from './stuck-reasons.js';
import { unfinishedStatement, type UnfinishedRow, waitingStatement, type WaitingRow } from './stuck.statements.js';

export type StuckOperation = UnfinishedRow & Explanation;
export type WaitingAttachment = WaitingRow & Explanation;

/** What is unfinished for long, and why; and what waits for others than us. */
export class StuckLog {
  constructor(
    private readonly database: Database,
    private readonly times: TimesConfig,
  ) {}

  /** Unfinished operations that were promised longer ago than that, oldest first. */
  async operations(olderMs: number, limit: number): Promise<StuckOperation[]> {
    const rows = await this.database.rows<UnfinishedRow>(unfinishedStatement(olderMs, limit, this.times));
    return rows.map((row) => ({ ...row, ...explained(row) }));
  }

  /** Attachments for which nothing of ours is unfinished, and which their callers have left half-way for longer than that, oldest first. */
  async waiting(olderMs: number, limit: number): Promise<WaitingAttachment[]> {
    const rows = await this.database.rows<WaitingRow>(waitingStatement(olderMs, limit));
    return rows.map((row) => ({ ...row, ...WAITING[row.attachStatus] }));
  }
}

const WAITING: Record<WaitingRow['attachStatus'], Explanation> = {
  attaching: {
    why: 'awaiting complete: it is connected, and nobody has said that the host uses it',
    next: 'its caller completes it (os-complete) or deletes it',
  },
  reserved: {
    why: 'reserved: nobody has asked for a connection, or the last one failed',
    next: 'its caller connects it (update with a connector) or deletes it',
  },
};
