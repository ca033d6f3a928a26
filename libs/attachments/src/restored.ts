import { unavailable } from '@app/domain';
import type { Database } from './database.js';
import { countToSettle, settleEverything, skipClaimNumbers } from './restored.statements.js';

/** After a database was brought back from a backup: the backends remember a time that it does not. */
export class RestoredDatabase {
  constructor(private readonly database: Database) {}

  /** Returns the number above which all claims are from now on. */
  async skipClaimNumbers(): Promise<string> {
    const row = await this.database.row<{ number: string }>(skipClaimNumbers());
    return row?.number ?? '';
  }

  async volumesToSettle(): Promise<number> {
    return (await this.database.row<{ volumes: number }>(countToSettle()))?.volumes ?? 0;
  }

  /** Promises of every volume that its backend is made equal to the rows. Returns how many. */
  async settleEverything(requestId: string): Promise<number> {
    const made = () => this.database.row<{ volumes: number }>(settleEverything(requestId));
    return (await this.database.repeat(made, unavailable)).volumes;
  }
}
