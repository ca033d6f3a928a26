import {
  askCompute,
  type ComputeUse,
  computeUse,
  type Connector,
  connectorDigest,
  connectorHost,
  isConnector,
  joinedDisconnect,
  mayConnect,
  meant,
  notConnected,
  notDisconnected,
  onlyAttachment,
  type ReleaseGuard,
  ServiceError,
  type Situation,
  type WhichConnections,
} from '@app/domain';
import { connectIntent, disconnectIntent } from './connection.statements.js';
import type { Database } from './database.js';
import { type Decisions, joined } from './decisions.js';
import { intend, newCredential, openIntent } from './intent.js';
import type { Caller, Promised } from './records.js';
import type { KeyRing } from './sealing.js';
import { sql } from './sql.js';

/** A connect as it was promised. `isFirst`: nothing was connected by this connector, or about to be, so that whoever gives it up takes nothing from anybody. */
export interface PromisedConnect {
  promised: Promised;
  isFirst: boolean;
}

export interface Disconnect {
  /** Null: everybody's. */
  connector: Connector | null;
  /** Null: compute need not be asked. */
  guard: ReleaseGuard | null;
}

/** Connections that no attachment's row owns: older clients make and end them by themselves (spec: volumes-surface §5). */
export class ConnectionsService {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly decisions: Decisions,
  ) {}

  /** @throws notFound, invalid, backend. A repeat joins the connect in flight; after it, it gets the same answer again. */
  beginConnect(caller: Caller, volumeId: string, connector: Connector): Promise<PromisedConnect> {
    return this.decisions.ofVolume(caller, volumeId, async (situation) => {
      const entry = mayConnect(situation, digestOf(connector));
      if ('join' in entry) return { promised: joined(situation, entry.join), isFirst: false };
      if (situation.volume.backend === null || !situation.volume.served) throw notConnected();
      const credential = (entry.again && (await this.credentialOf(entry.again.operationId))) ?? newCredential();
      const { host, digest: _withMode, ...intended } = intend(modeOf(situation), connector);
      const intent = { intent: { ...intended, credential }, digest: digestOf(connector), host };
      const promised = await this.database.row<Promised>(connectIntent(this.keys, caller, situation, intent));
      return promised && { promised, isFirst: entry.again === null };
    });
  }

  /**
   * Ends the connections that the connector names, all of them where it names none. Null: there is nothing to end.
   * @throws notFound, backend, and conflict or what the guard throws for a volume with attachments. A repeat joins the disconnect in flight.
   */
  beginDisconnect(caller: Caller, volumeId: string, { connector, guard }: Disconnect): Promise<Promised | null> {
    return this.decisions.ofVolume<Promised | null>(caller, volumeId, async (situation) => {
      if (guard) await askCompute(guard, useOfVolume(situation));
      const which = named(connector);
      const inFlight = joinedDisconnect(situation, which);
      if (inFlight) return joined(situation, inFlight);
      if (!meant(situation, which)) return null;
      if (!situation.volume.served) throw notDisconnected();
      return this.database.row<Promised>(disconnectIntent(caller, situation, { which, abandons: false }));
    });
  }

  /** At the wait limit of a connect: its caller was given nothing, so what may still come to be is ended, however long that takes. */
  async abandonConnect(caller: Caller, { operationId, volumeId }: Promised): Promise<Promised | null> {
    try {
      return await this.decisions.ofVolume({ ...caller, isAdmin: true }, volumeId, async (situation) =>
        this.database.row<Promised>(disconnectIntent(caller, situation, { which: { operationId }, abandons: true })),
      );
    } catch (error) {
      if (error instanceof ServiceError && error.kind === 'notFound') return null;
      throw error;
    }
  }

  /** The same connector again means the same credential, so that the backend gives the same answer. */
  private async credentialOf(operationId: string) {
    const row = await this.database.row<{ intent: string }>(
      sql`select intent from operations where id = ${operationId} and touched and intent is not null`,
    );
    return row && openIntent(this.keys, operationId, row.intent).credential;
  }
}

/** A disconnect names no attachment, so it is about the volume's one (spec: state-machine §6). @throws conflict where there are several */
function useOfVolume(situation: Situation): ComputeUse | null {
  const only = onlyAttachment(situation);
  return only && computeUse(situation, only.id);
}

/** What an earlier os-attach said, else what the volume allows (spec: worker-and-drivers §4). */
const modeOf = ({ volume }: Situation): string | null => volume.attachedMode ?? (volume.readonly ? 'ro' : 'rw');

/** The mode is no part of it: a terminate means the connector, whatever the volume has become meanwhile. */
const digestOf = (connector: Connector): string => connectorDigest(connector, null);

const named = (connector: Connector | null): WhichConnections =>
  isConnector(connector) ? { digest: digestOf(connector), host: connectorHost(connector) } : { digest: null, host: '' };
