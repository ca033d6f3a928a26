import type { FakeMethod } from './fake-options.js';

/** `begin`: the call arrived. `done`: its effect took place. `refused`: it was fenced, now or when it arrived. `failed`: a fault ended it. */
export type Phase = 'begin' | 'done' | 'refused' | 'failed';

export interface LedgerConnection {
  volume: string;
  attachment: string;
  credential: string;
  host: string;
}

/** One line of the ledger. Holds no secret. */
export interface LedgerEntry {
  /** Its writer's mark and a count: two lines never have the same. */
  id: string;
  at: string;
  pid: number;
  method: FakeMethod;
  volume: string;
  attachment: string | null;
  credential: string | null;
  host: string | null;
  /** A settle's connections; null for other methods. */
  live: LedgerConnection[] | null;
  number: string;
  phase: Phase;
}

/** A volume that several hosts were connected to at the same time. */
export interface Overlap {
  at: string;
  volume: string;
  hosts: string[];
}

/** What a line came to, and how many connections its volume has then. */
export interface Verdict {
  /** The number that it is behind; null when it is behind none. */
  staleBehind: bigint | null;
  /** Why the backend does not do it, as things stand. */
  refusal: string | null;
  stands: number;
}

/**
 * The fake backend itself: its state is its ledger, replayed. Lines count in the order of the file, and a line whose number is
 * behind one above it changes nothing: so every reader comes to the same verdict, and no lock is needed to check and append at once.
 */
export class LedgerState {
  readonly volumes = new Set<string>();
  readonly exports = new Set<string>();
  readonly overlaps: Overlap[] = [];
  private readonly connected = new Map<string, LedgerConnection>();
  private readonly last = new Map<string, bigint>();

  get connections(): LedgerConnection[] {
    return [...this.connected.values()];
  }

  connectionsOf(volume: string): LedgerConnection[] {
    return this.connections.filter((connection) => connection.volume === volume);
  }

  /** A refused line is marked as such in the entry. */
  apply(entry: LedgerEntry): Verdict {
    const last = this.last.get(entry.volume) ?? 0n;
    const stale = BigInt(entry.number) < last;
    const refusal = this.refusalOf(entry);
    if (stale && (entry.phase === 'begin' || entry.phase === 'done')) entry.phase = 'refused';
    if (!stale) this.last.set(entry.volume, BigInt(entry.number));
    if (entry.phase === 'done' && refusal !== null) entry.phase = 'failed';
    if (entry.phase === 'done') this.effect(entry);
    return { staleBehind: stale ? last : null, refusal, stands: this.connectionsOf(entry.volume).length };
  }

  /** As strict as a real target: an export in use stays, and nobody is connected to one that is not there. */
  private refusalOf({ method, volume }: LedgerEntry): string | null {
    if (method === 'removeExport' && this.connectionsOf(volume).length > 0) return `the export of volume ${volume} is still in use`;
    if (method === 'initializeConnection' && !this.exports.has(volume)) return `volume ${volume} has no export`;
    return null;
  }

  private effect(entry: LedgerEntry): void {
    const { method, volume } = entry;
    const none: LedgerConnection[] = [];
    if (method === 'createVolume') this.volumes.add(volume);
    if (method === 'createExport') this.exports.add(volume);
    if (method === 'removeExport') this.exports.delete(volume);
    if (method === 'deleteVolume') {
      this.volumes.delete(volume);
      this.makeEqual(volume, none);
    }
    if (method === 'initializeConnection') this.connect(connectionOf(entry));
    if (method === 'terminateConnection') this.connected.delete(keyOf(connectionOf(entry)));
    if (method === 'settle') this.makeEqual(volume, entry.live ?? none);
    this.noteOverlap(entry);
  }

  private makeEqual(volume: string, live: readonly LedgerConnection[]): void {
    for (const connection of this.connectionsOf(volume)) this.connected.delete(keyOf(connection));
    for (const connection of live) this.connect(connection);
    if (live.length === 0) this.exports.delete(volume);
    else this.exports.add(volume);
  }

  private connect(connection: LedgerConnection): void {
    this.connected.set(keyOf(connection), connection);
  }

  private noteOverlap({ at, volume }: LedgerEntry): void {
    const hosts = [...new Set(this.connectionsOf(volume).map(({ host }) => host))];
    if (hosts.length > 1) this.overlaps.push({ at, volume, hosts });
  }
}

const keyOf = ({ volume, attachment, credential }: LedgerConnection): string => [volume, attachment, credential].join(' ');
const connectionOf = ({ volume, attachment, credential, host }: LedgerEntry): LedgerConnection => ({
  volume,
  attachment: attachment ?? '',
  credential: credential ?? '',
  host: host ?? '',
});
