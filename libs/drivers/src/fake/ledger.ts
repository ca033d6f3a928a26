import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { LedgerState, type LedgerConnection, type LedgerEntry, type Overlap, type Verdict } from './ledger-state.js';

/** What a writer says; the rest of an entry is the ledger's. */
export type Draft = Omit<LedgerEntry, 'id' | 'at' | 'pid'>;

/** A ledger as a test looks at it. A late line that was fenced stands as `done` in the file and as `refused` here. */
export interface LedgerView {
  entries: LedgerEntry[];
  volumes: string[];
  exports: string[];
  connections: LedgerConnection[];
  /** When a volume had connections of several hosts, and of which: empty proves that two hosts never had it at once. */
  overlaps: Overlap[];
}

/** Append-only lines of JSON that outlive any kill, shared by all processes that open the same file. */
export class Ledger {
  readonly state = new LedgerState();
  private readonly writer = randomBytes(6).toString('hex');
  private written = 0;
  private file: number | null = null;
  private offset = 0;
  private unfinished: Buffer = Buffer.alloc(0);

  constructor(private readonly path?: string) {}

  open(): void {
    if (this.path === undefined || this.file !== null) return;
    mkdirSync(dirname(this.path), { recursive: true });
    this.file = openSync(this.path, 'a+', 0o600);
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  /** Appends and replays up to the new line; what it came to is decided by its place in the file. */
  append(draft: Draft): Verdict {
    const id = `${this.writer}-${++this.written}`;
    const entry: LedgerEntry = { id, at: new Date().toISOString(), pid: process.pid, ...draft };
    if (this.path === undefined) return this.state.apply(entry);
    if (this.file === null) throw new Error(`the ledger ${this.path} is not open`);
    writeSync(this.file, lineOf(entry));
    const verdict = this.catchUp(id);
    if (!verdict) throw new Error(`the ledger ${this.path} was changed by something other than appends`);
    return verdict;
  }

  private catchUp(id: string): Verdict | undefined {
    let own: Verdict | undefined;
    for (const entry of this.newEntries()) {
      const verdict = this.state.apply(entry);
      if (entry.id === id) own = verdict;
    }
    return own;
  }

  private newEntries(): LedgerEntry[] {
    const bytes = Buffer.concat([this.unfinished, ...this.newBytes()]);
    const end = bytes.lastIndexOf('\n') + 1;
    this.unfinished = bytes.subarray(end); // a line that another process is just writing
    return entriesOf(bytes.subarray(0, end).toString('utf8').split('\n'));
  }

  private *newBytes(): Generator<Buffer> {
    for (;;) {
      const chunk = Buffer.alloc(16 * 1024);
      const length = this.file === null ? 0 : readSync(this.file, chunk, 0, chunk.length, this.offset);
      this.offset += length;
      yield chunk.subarray(0, length);
      if (length < chunk.length) return;
    }
  }
}

/** An absent file is an empty ledger. */
export function readLedger(path: string): LedgerView {
  const state = new LedgerState();
  const entries = entriesOf(textOf(path).split('\n'));
  for (const entry of entries) state.apply(entry);
  return {
    entries,
    volumes: [...state.volumes],
    exports: [...state.exports],
    connections: state.connections,
    overlaps: state.overlaps,
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

// A line break on either side: what a killed writer left half written ends there, and cannot spoil the next line.
const lineOf = (entry: LedgerEntry): string => `\n${JSON.stringify(entry)}\n`;

function entriesOf(lines: readonly string[]): LedgerEntry[] {
  return lines.flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as LedgerEntry];
    } catch {
      return []; // half a line of a killed writer: nobody was ever told of its effect
    }
  });
}
