import type { AttachStatus, VolumeStatus } from '@app/domain';

/** What the clients of one run asked and were told, and the rows that they left: what the checker judges. */
export interface History {
  seed: number;
  volumes: { id: string; multiattach: boolean }[];
  calls: Call[];
  /** The rows once everything has come to rest. */
  end: EndOfVolume[];
}

/** `reserve`: a create without connector; `create`: one with. */
export type Verb = 'reserve' | 'create' | 'update' | 'complete' | 'delete' | 'show';

/** One request and its answer. Times are of one monotonic clock of one process, in ms. */
export interface Call {
  client: string;
  verb: Verb;
  /** Unique in the history; sent as the request's id. */
  request: string;
  volume: string;
  /** The attachment asked about; null for a reserve or create, whose answer names it (`told.attachmentId`), unless the rows tell it afterwards. */
  attachment: string | null;
  instance: string | null;
  /** The connector's host, of a create and an update: one connector a host. */
  host: string | null;
  /** The global request id that the client sent along: only with one does a create that is sent again join the first. */
  globalRequest?: string;
  invokedAt: number;
  /** Null: never answered (connection cut, client gave up). It may take effect at any later time, once, or never. */
  answeredAt: number | null;
  /** The HTTP status; null as long as nothing was answered. */
  status: number | null;
  told: Told;
}

/** Facts of an answer; empty where there was none or it was a refusal. */
export interface Told {
  attachmentId?: string;
  attachmentStatus?: AttachStatus;
  /** Instance of the attachment as answered. */
  instance?: string | null;
  /** Host of the connection that was answered (create, update, show): the ledger tells whose a credential is. Null: no connection; absent: not said. */
  host?: string | null;
  /** Ids that a delete answered with: what remains of the volume. */
  remaining?: string[];
  /** The refusal's message: for people, and to tell one 409 from another. */
  message?: string;
}

export interface EndOfVolume {
  id: string;
  status: VolumeStatus;
  attachStatus: AttachStatus;
  attachments: EndOfAttachment[];
}

/** A live row. */
export interface EndOfAttachment {
  id: string;
  status: AttachStatus;
  instance: string | null;
  /** Host of the recorded connection; null: not connected. */
  host: string | null;
}
