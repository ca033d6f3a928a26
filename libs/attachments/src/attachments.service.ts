import {
  askCompute,
  attachmentNotFound,
  backendFailure,
  computeUse,
  type Connector,
  createFailed,
  mayAttach,
  mayComplete,
  mayDetach,
  mayReserve,
  outcomeUnknown,
  type ReleaseGuard,
  replacedUse,
  resentCreate,
  ServiceError,
  type Situation,
  TRANSITIONS,
  unavailable,
  updateFailed,
} from '@app/domain';
import { attachmentRecord, attachmentSummary, ATTACHMENT_COLUMNS, type AttachmentRow } from './attachment.rows.js';
import type { Database } from './database.js';
import {
  attachIntent,
  completeAtOnce,
  completeIntent,
  detachAlone,
  detachIntent,
  reserveStatement,
  reserveToConnect,
} from './attachment.statements.js';
import { Decisions, joined, ofVolume, type Which } from './decisions.js';
import { intend, newCredential, openRecorded } from './intent.js';
import { ATTACHMENT_LIST, page } from './pages.js';
import type { AttachmentRecord, Caller, ListQuery, NewAttachment, Promised } from './records.js';
import type { KeyRing } from './sealing.js';
import { known, type Sql, sql } from './sql.js';
import type { TimesConfig } from './store.config.js';

/**
 * The verbs of the attachments API. Each reads the situation of the volume in one statement, decides by the rules of the domain, and writes
 * in one statement that holds only while the volume's revision is the one that was read; else it reads and decides anew.
 */
export class AttachmentsService {
  private readonly decisions: Decisions;

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    { BACKEND_LOST_MS }: TimesConfig,
  ) {
    this.decisions = new Decisions(database, BACKEND_LOST_MS);
  }

  /** @throws notFound, also for what belongs to another project. */
  async find(caller: Caller, id: string): Promise<AttachmentRecord> {
    const row = await this.database.row<AttachmentRow>(sql`select ${ATTACHMENT_COLUMNS}, v.admin_metadata->>'format' as format
      from attachments a join volumes v on v.id = a.volume_id where a.id = ${known(id)} and not a.deleted and ${visible(caller)}`);
    if (!row) throw attachmentNotFound(id);
    return attachmentRecord(this.keys, row);
  }

  /** @throws notFound for an unknown marker, invalid for an unknown sort key (spec: attachments-api §4). */
  async list(caller: Caller, query: ListQuery, detail: boolean): Promise<AttachmentRecord[]> {
    const rows = await page<AttachmentRow>(this.database, ATTACHMENT_LIST, caller, query);
    return rows.map((row) => (detail ? attachmentRecord(this.keys, row) : attachmentSummary(row)));
  }

  /** The instances that use the volume. */
  async instancesOf(volumeId: string): Promise<string[]> {
    const rows = await this.database.rows<{ instance: string }>(sql`select distinct instance_uuid as instance from attachments
      where volume_id = ${volumeId} and not deleted and attach_status = ${TRANSITIONS.complete.attachment} and instance_uuid is not null order by 1`);
    return rows.map(({ instance }) => instance);
  }

  /** A row without a connection. @throws notFound, forbidden, invalid (spec: attachments-api §6.2). */
  reserve(caller: Caller, request: NewAttachment): Promise<AttachmentRecord> {
    return this.decisions.on(ofVolume(caller, request.volumeId), unavailable, async (situation) => {
      const status = mayReserve(situation, request.instanceUuid, request.leaveToShare);
      const row = await this.database.row<AttachmentRow>(reserveStatement(situation, request, status));
      return row && attachmentRecord(this.keys, row);
    });
  }

  /** A row and the attach of it, as one promise: on a final failure both are gone. @throws notFound, forbidden, invalid, backend. */
  beginCreate(caller: Caller, request: NewAttachment & { connector: Connector }): Promise<Promised> {
    return this.decisions.on(ofVolume(caller, request.volumeId), unavailable, async (situation) => {
      const mode = situation.volume.readonly ? 'ro' : request.mode;
      const { digest, host, ...intended } = intend(mode, request.connector);
      const first = resentCreate(situation, request.instanceUuid, digest, caller.globalRequestId);
      if (first) return joined(situation, first);
      const status = mayReserve(situation, request.instanceUuid, request.leaveToShare);
      requireServed(situation, () => createFailed(null));
      const intent = { intent: { ...intended, credential: newCredential() }, digest, host };
      return this.database.row<Promised>(reserveToConnect(this.keys, caller, { situation, request, status, intent }));
    });
  }

  /**
   * @throws notFound, conflict, backend, and what the guard throws where another connector's connection would end. A repeat with the same
   * connector and mode joins the attach in flight (spec: attachments-api §7.2).
   */
  beginAttach(caller: Caller, id: string, { connector, guard }: Attach): Promise<Promised> {
    return this.decisions.on(this.ofAttachment(caller, id), outcomeUnknown, async (situation) => {
      const row = situation.attachments.find((attachment) => attachment.id === id);
      const { digest, host, ...intended } = intend(row?.mode ?? null, connector);
      const entry = mayAttach(situation, id, digest);
      if ('join' in entry) return joined(situation, entry.join);
      await askCompute(guard, replacedUse(situation, id, digest));
      requireServed(situation, () => updateFailed(null));
      // The same connector again means the same credential, so that the backend gives the same answer.
      const recorded = situation.connector !== null && row?.touched ? openRecorded(this.keys, id, situation.connector) : null;
      const credential = recorded && row?.digest === digest ? recorded.credential : newCredential();
      return this.database.row<Promised>(
        attachIntent(this.keys, caller, { situation, attachmentId: id, intent: { intent: { ...intended, credential }, digest, host } }),
      );
    });
  }

  /**
   * Needs no driver, so it is done at once, which null says; it is promised only where the attachment's own attach is unfinished, behind which
   * it waits (design §6). @throws notFound.
   */
  complete(caller: Caller, id: string): Promise<Promised | null> {
    return this.decisions.on<Promised | null>(this.ofAttachment(caller, id), unavailable, async (situation) => {
      const { waits } = mayComplete(situation, id);
      if (waits) return this.database.row<Promised>(completeIntent(caller, situation, id));
      return (await this.database.row(completeAtOnce(caller, situation, id))) === undefined ? undefined : null;
    });
  }

  /**
   * Ends what waits for the attachment and promises its detach; or, where no driver can hold anything, deletes the row at once. The guard is
   * asked about the very state that is changed then; null: compute need not be asked.
   * @throws notFound, backend, and what the guard throws. A repeat joins the detach in flight.
   */
  beginDetach(caller: Caller, id: string, guard: ReleaseGuard | null): Promise<Detaching> {
    return this.detach(caller, id, { guard, abandons: false });
  }

  /**
   * At the wait limit of a create: nobody was told the row's id, so its end is committed before the caller hears 500 (design §6), also where
   * the worker has died meanwhile: the next one would connect it. For the same reason it goes on until the driver has done it.
   */
  async abandonCreate(caller: Caller, { attachmentId }: Promised): Promise<Promised | undefined> {
    try {
      const begun =
        attachmentId === null ? undefined : await this.detach({ ...caller, isAdmin: true }, attachmentId, { guard: null, abandons: true });
      return begun && 'operationId' in begun ? begun : undefined;
    } catch (error) {
      if (error instanceof ServiceError && error.kind === 'notFound') return undefined; // it failed by itself, and its row is gone
      throw error;
    }
  }

  private detach(caller: Caller, id: string, { guard, abandons }: { guard: ReleaseGuard | null; abandons: boolean }): Promise<Detaching> {
    return this.decisions.on(this.ofAttachment(caller, id), outcomeUnknown, async (situation) => {
      const entry = mayDetach(situation, id);
      if ('join' in entry) return joined(situation, entry.join);
      await askCompute(guard, computeUse(situation, id));
      if (!entry.driver) return this.database.row<{ remaining: AttachmentRecord[] }>(detachAlone(situation, id));
      if (!abandons) requireServed(situation, () => backendFailure());
      return this.database.row<Promised>(detachIntent(caller, situation, id, abandons));
    });
  }

  private ofAttachment(caller: Caller, id: string): Which {
    const clause = sql`v.id = (select a.volume_id from attachments a where a.id = ${known(id)} and not a.deleted and ${visible(caller)})`;
    return { clause, attachmentId: known(id), absent: () => attachmentNotFound(id) };
  }
}

interface Attach {
  connector: Connector;
  /** Null: compute need not be asked. */
  guard: ReleaseGuard | null;
}

/** A detach that was promised, or what is left where the row went at once. */
type Detaching = Promised | { remaining: AttachmentRecord[] };

const visible = (caller: Caller): Sql => sql`(${caller.isAdmin} or a.project_id = ${caller.projectId})`;

/** A backend that nobody serves is answered at once, and nothing is promised (design §6). */
function requireServed({ volume }: Situation, refusal: () => ServiceError): void {
  if (volume.backend === null || !volume.served) throw refusal();
}
