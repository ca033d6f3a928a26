import {
  backendFailure,
  type Connector,
  connectorDigest,
  connectorHost,
  effectiveMode,
  isConnector,
  joinedDisconnect,
  mayConnect,
  meant,
  ServiceError,
  type Situation,
  type WhichConnections,
} from '@app/domain';
import { connectIntent, disconnectIntent } from './connection.statements.js';
import type { Database } from './database.js';
import type { Decisions } from './decisions.js';
import { intend, newCredential, openIntent } from './intent.js';
import { type Caller, joined, type Promised } from './records.js';
import type { KeyRing } from './sealing.js';
import { sql } from './sql.js';

/** Connections that no attachment's row owns: older clients make and end them by themselves (spec: volumes-surface §5). */
export class ConnectionsService {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly decisions: Decisions,
  ) {}

  /** @throws notFound, invalid, backend. A repeat joins the connect in flight; after it, it gets the same answer again. */
  beginConnect(caller: Caller, volumeId: string, connector: Connector): Promise<Promised> {
    return this.decisions.ofVolume(caller, volumeId, async (situation) => {
      const { digest, host, ...intended } = intend(modeOf(situation), connector);
      const entry = mayConnect(situation, digest);
      if ('join' in entry) return joined(situation.volume, entry.join);
      if (situation.volume.backend === null || !situation.volume.served) throw backendFailure(NOT_CONNECTED);
      const credential = (entry.again && (await this.credentialOf(entry.again.operationId))) ?? newCredential();
      const intent = { intent: { ...intended, credential }, digest, host };
      return this.database.row<Promised>(connectIntent(this.keys, caller, situation, intent));
    });
  }

  /**
   * Ends the connections that the connector names, all of them where it names none. Null: there is nothing to end.
   * @throws notFound, backend. A repeat joins the disconnect in flight.
   */
  beginDisconnect(caller: Caller, volumeId: string, connector: Connector | null): Promise<Promised | null> {
    return this.disconnect(caller, volumeId, { connector, abandons: false });
  }

  /** At the wait limit of a connect: its caller was given nothing, so what may still come to be is ended, however long that takes. */
  async abandonConnect(caller: Caller, volumeId: string, connector: Connector): Promise<Promised | null> {
    try {
      return await this.disconnect({ ...caller, isAdmin: true }, volumeId, { connector, abandons: true });
    } catch (error) {
      if (error instanceof ServiceError && error.kind === 'notFound') return null;
      throw error;
    }
  }

  private disconnect(caller: Caller, volumeId: string, { connector, abandons }: Ending): Promise<Promised | null> {
    return this.decisions.ofVolume<Promised | null>(caller, volumeId, async (situation) => {
      const which = named(situation, connector);
      const inFlight = joinedDisconnect(situation, which);
      if (inFlight) return joined(situation.volume, inFlight);
      if (!meant(situation, which)) return null;
      if (!abandons && !situation.volume.served) throw backendFailure(NOT_DISCONNECTED);
      return this.database.row<Promised>(disconnectIntent(caller, situation, which, abandons));
    });
  }

  /** The same connector again means the same credential, so that the backend gives the same answer. */
  private async credentialOf(operationId: string) {
    const row = await this.database.row<{ intent: string }>(
      sql`select intent from operations where id = ${operationId} and touched and intent is not null`,
    );
    return row && openIntent(this.keys, operationId, row.intent).credential;
  }
}

interface Ending {
  connector: Connector | null;
  abandons: boolean;
}

export const NOT_CONNECTED = 'Unable to fetch connection information from backend.';
export const NOT_DISCONNECTED = 'Unable to terminate volume connection from backend.';

/** What an earlier os-attach said, else what the volume allows (spec: worker-and-drivers §4). */
const modeOf = ({ volume }: Situation): string | null => volume.attachedMode ?? (volume.readonly ? 'ro' : 'rw');

function named(situation: Situation, connector: Connector | null): WhichConnections {
  if (!isConnector(connector)) return { digest: null, host: '' };
  return { digest: connectorDigest(connector, effectiveMode(modeOf(situation), connector)), host: connectorHost(connector) };
}
