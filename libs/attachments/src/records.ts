import type { AttachStatus, ConnectionInfo, Leave, OperationKind, OperationState, QosConsumer, Reason, VolumeStatus } from '@app/domain';

/** The commands that have a bell (design §7); the messaging contract lists the same names. */
export type BellName =
  | 'attachment.attach'
  | 'attachment.complete'
  | 'attachment.detach'
  | 'volume.create'
  | 'volume.delete'
  | 'volume.extend'
  | 'volume.connect'
  | 'volume.disconnect';

/** Who asks. A caller who is no admin sees and changes only what belongs to `projectId`. */
export interface Caller {
  userId: string;
  projectId: string;
  isAdmin: boolean;
  roles: readonly string[];
  /** Those of a valid service token. */
  serviceRoles: readonly string[];
  /** Who has that token; null where there is none. */
  serviceUserId: string | null;
  /** A service speaks for the user: one of these roles makes it one. */
  isService: boolean;
  /** `req-<uuid>` of this request. */
  requestId: string;
  /** The id that the client sent along, kept for the logs of everybody downstream; null where it sent none. */
  globalRequestId: string | null;
}

/** All times are UTC in the wire's form, `2026-11-23T15:04:38.669302`. */
export interface AttachmentRecord {
  id: string;
  volumeId: string;
  projectId: string;
  instanceUuid: string | null;
  attachStatus: AttachStatus;
  attachMode: string | null;
  attachTime: string | null;
  detachTime: string | null;
  /** Opened only where the answer needs it; carries secrets. */
  connectionInfo: ConnectionInfo | null;
}

export interface VolumeRecord {
  id: string;
  projectId: string;
  userId: string;
  name: string | null;
  description: string | null;
  /** In GiB. */
  size: number;
  status: VolumeStatus;
  attachStatus: AttachStatus;
  migrationStatus: string | null;
  multiattach: boolean;
  bootable: boolean;
  /** `host@backend#pool`; null while it has no place. */
  host: string | null;
  availabilityZone: string;
  volumeTypeId: string | null;
  volumeTypeName: string | null;
  encryptionKeyId: string | null;
  metadata: Record<string, string>;
  adminMetadata: Record<string, string>;
  createdAt: string;
  updatedAt: string | null;
  /** Only those in status attached (spec: volumes-surface §2). */
  attachments: VolumeAttachmentFacts[];
}

export interface VolumeAttachmentFacts {
  attachmentId: string;
  instanceUuid: string | null;
  host: string | null;
  mountpoint: string | null;
  attachedAt: string | null;
}

export interface VolumeTypeRecord {
  id: string;
  name: string;
  description: string | null;
  isPublic: boolean;
  extraSpecs: Record<string, string>;
  /** There is a record of how its volumes are encrypted. */
  encrypted: boolean;
  /** What its volumes' users are promised; null: nothing. */
  qosSpecsId: string | null;
}

/** What the users of a type's volumes are promised, and who is to keep it. */
export interface QosSpecsRecord {
  id: string;
  name: string;
  consumer: QosConsumer;
  specs: Record<string, string>;
}

/** How the volumes of a type are encrypted; what it means is compute's to know. */
export interface EncryptionRecord {
  id: string;
  volumeTypeId: string;
  provider: string;
  controlLocation: string;
  cipher: string | null;
  keySize: number | null;
  createdAt: string;
  updatedAt: string | null;
}

/** Of one volume: the id of its key, null without one, and what its type says, null where it says nothing. */
export type VolumeEncryption = Pick<VolumeRecord, 'encryptionKeyId'> & {
  [Key in 'provider' | 'controlLocation' | 'cipher' | 'keySize']: EncryptionRecord[Key] | null;
};

/** A page of a list: what the wire's query says, its words already those of the columns. */
export interface ListQuery {
  limit: number;
  offset: number;
  marker: string | null;
  /** First key first. Null: newest first. */
  sort: { key: string; dir: 'asc' | 'desc' }[] | null;
  /** `like`: substring instead of equality. A key that is no column selects nothing. */
  filters: { key: string; value: string; like: boolean }[];
  /** Every project's rows; honoured for admins only. */
  allTenants: boolean;
}

/** A committed intent: whoever holds it may ring for it and look at it. */
export interface Promised {
  operationId: string;
  kind: OperationKind;
  /** What its bell is called; null for what is never rung for. */
  command: BellName | null;
  volumeId: string;
  attachmentId: string | null;
  /** Null: needs no driver. */
  backend: string | null;
}

/** What one look at an operation shows; the answer to its caller is made of this and nothing else. */
export interface Look {
  state: OperationState;
  reason: Reason | null;
  /** The attachment still is at the generation of the operation. */
  current: boolean;
  /** The row as it stands; null when it is gone. */
  attachment: AttachmentRecord | null;
  /** The volume's live attachments: the answer of a delete. */
  remaining: AttachmentRecord[];
  /** What a connect answers; carries secrets. */
  answer: ConnectionInfo | null;
}

export interface NewAttachment {
  volumeId: string;
  instanceUuid: string | null;
  /** What the request says; null: nothing. */
  mode: 'rw' | 'ro' | null;
  /** Asked where the volume is bootable and in use already. */
  leaveToShare: Leave;
}
