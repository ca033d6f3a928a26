import { setTimeout as pause } from 'node:timers/promises';
import { unavailable } from '@app/domain';
import type { Database } from './database.js';
import { keysInUse, resealed, type SealedText, sealedWithOthers } from './rekey.statements.js';
import { type KeyRing, place, SEALED_COLUMNS, type SealedColumn } from './sealing.js';

/** Few, since a caller whose row is among them may have to decide anew. */
const TEXTS_AT_ONCE = 50;
/** What somebody was writing is looked at again, and what a process with the old order of keys has sealed meanwhile. */
const PASSES = 20;
const PASS_PAUSE_MS = 100;

/** What became of a column's texts that the ring's first key had not sealed. */
export interface Rekeyed {
  column: SealedColumn;
  resealed: number;
  /** They are damaged, or sealed with a key that is not in the ring; they stay as they are. */
  unreadable: number;
}

/** Texts that a key has sealed. */
export interface KeyUse {
  key: string;
  column: SealedColumn;
  texts: number;
}

/** Brings what is sealed under the first key of a ring, while everybody works: repeated or cut short it does no harm, and goes on where it was. */
export class RekeyService {
  constructor(private readonly database: Database) {}

  async rekey(keys: KeyRing): Promise<Rekeyed[]> {
    const done: Rekeyed[] = [];
    for (const column of SEALED_COLUMNS) done.push(await this.column(keys, column));
    return done;
  }

  async keysInUse(): Promise<KeyUse[]> {
    const uses: KeyUse[] = [];
    for (const column of SEALED_COLUMNS) {
      const rows = await this.database.rows<Omit<KeyUse, 'column'>>(keysInUse(column));
      uses.push(...rows.map((row) => ({ ...row, column })));
    }
    return uses;
  }

  private async column(keys: KeyRing, column: SealedColumn): Promise<Rekeyed> {
    let total = 0;
    for (let pass = 1; ; pass++) {
      const { done, unreadable, left } = await this.pass(keys, column);
      total += done;
      if (left === 0 || pass === PASSES) return { column, resealed: total, unreadable };
      await pause(PASS_PAUSE_MS);
    }
  }

  /** Once through the column. `left`: texts that could be opened, and were not replaced. */
  private async pass(keys: KeyRing, column: SealedColumn): Promise<{ done: number; unreadable: number; left: number }> {
    const seen = { done: 0, unreadable: 0, left: 0 };
    for (let after = ''; ;) {
      const texts = await this.database.rows<SealedText>(sealedWithOthers(column, keys.sealingKey, after, TEXTS_AT_ONCE));
      const opened = texts.flatMap((text) => openedAnew(keys, column, text));
      const done = opened.length === 0 ? 0 : await this.replace(column, opened);
      seen.done += done;
      seen.unreadable += texts.length - opened.length;
      seen.left += opened.length - done;
      if (texts.length < TEXTS_AT_ONCE) return seen;
      after = texts.at(-1)?.id ?? '';
    }
  }

  private async replace(column: SealedColumn, texts: (SealedText & { anew: string })[]): Promise<number> {
    return (await this.database.repeat(() => this.database.rows(resealed(column, texts)), unavailable)).length;
  }
}

function openedAnew(keys: KeyRing, column: SealedColumn, { id, sealed }: SealedText): (SealedText & { anew: string })[] {
  const at = place(column, id);
  try {
    return [{ id, sealed, anew: keys.seal(keys.open(sealed, at), at) }];
  } catch {
    return []; // counted as unreadable by whoever asked
  }
}
