import type { QosLimits } from './qos.js';
import type { Connection, DriverCall, VolumeRef } from './storage.js';

/** What has been promised and is not yet, or was, carried out (design §4). */
export type OperationKind =
  | 'attach'
  | 'complete'
  | 'detach'
  | 'connect' // a connection that no attachment's row owns: the operation does, until a disconnect ends it
  | 'disconnect'
  | 'create-volume'
  | 'delete-volume'
  | 'extend-volume'
  | 'settle';
export type OperationState = 'pending' | 'running' | 'succeeded' | 'failed';

/** Why an operation ended without success; `text` is what its caller is told. */
export type ReasonClass =
  | 'invalidConnector'
  | 'backend' // a driver said no, in words
  | 'internal' // an error that nobody meant to throw: logged whole, told to no caller
  | 'notReady'
  | 'superseded' // a delete came after it
  | 'gone'; // the row that it was about is no more
export interface Reason {
  class: ReasonClass;
  text: string | null;
}

interface ClaimOf<K extends OperationKind> {
  kind: K;
  operationId: string;
  /** `host@backend` whose driver is needed; empty: none is. */
  backend: string;
  volume: VolumeRef;
  requestId: string;
  globalRequestId: string | null;
  /** Whose volume it is. */
  projectId: string;
  /** The number, the deadline and the abort signal under which the driver works for this claim. */
  call: DriverCall;
  /** How often this operation was claimed, this time included. */
  attempts: number;
  /** How long ago it was promised, in ms. */
  ageMs: number;
}

export interface AttachClaim extends ClaimOf<'attach'> {
  attachmentId: string;
  connection: Connection;
  /** The mode in force; null where the connector said null. */
  mode: string | null;
  /** The connection that the row holds, if it is another than this one: ended before this one succeeds. */
  replaces: Connection | null;
  /** What attaches that a delete superseded may have left, and no delete has ended: ended before this one connects anybody. */
  leftovers: Connection[];
  /** Whether the row already holds this very connection: then an undo must leave it alone. */
  repeats: boolean;
  /** How many other attachments of the volume are connected: an export that they use stays. */
  othersConnected: number;
  /** Set once the attach has finally failed and only its undo is left. */
  undoing: Reason | null;
  /** A delete came after it: nothing may be written but its end. */
  superseded: boolean;
  additions: ConnectionAdditions;
}
export interface CompleteClaim extends ClaimOf<'complete'> {
  attachmentId: string;
}
export interface DetachClaim extends ClaimOf<'detach'> {
  attachmentId: string;
  /** The recorded connection and those of every attach that may have reached the driver. */
  connections: Connection[];
  othersConnected: number;
  /** It takes back a create whose caller was told no id: nobody could ask for it again. */
  abandons: boolean;
}
export interface ConnectClaim extends ClaimOf<'connect'> {
  connection: Connection;
  /** Nothing of its own to end first: another connection of the volume is another operation's. */
  replaces: null;
  leftovers: [];
  /** Whether an earlier connect owns this very connection: then an undo must leave it alone. */
  repeats: boolean;
  othersConnected: number;
  undoing: Reason | null;
  /** A disconnect came after it. */
  superseded: boolean;
  additions: ConnectionAdditions;
}
export interface DisconnectClaim extends ClaimOf<'disconnect'> {
  /** Those that the disconnect was asked to end, and the connects that own them. */
  connections: Connection[];
  ends: string[];
  othersConnected: number;
  abandons: boolean;
}
export type CreateVolumeClaim = ClaimOf<'create-volume'>;
export type DeleteVolumeClaim = ClaimOf<'delete-volume'>;
export interface ExtendVolumeClaim extends ClaimOf<'extend-volume'> {
  /** The size in GiB that it is to have. */
  sizeWanted: number;
}
export interface SettleClaim extends ClaimOf<'settle'> {
  /** What the rows say is connected: the backend is made equal to it. */
  live: Connection[];
  /** The connects among them. */
  keeps: string[];
}
export type Claim =
  | AttachClaim
  | CompleteClaim
  | DetachClaim
  | ConnectClaim
  | DisconnectClaim
  | CreateVolumeClaim
  | DeleteVolumeClaim
  | ExtendVolumeClaim
  | SettleClaim;

/** What the worker adds to a driver's answer, from the volume and its type (spec: worker-and-drivers §4). */
export interface ConnectionAdditions {
  /** What the host is to keep; null when that is nobody's wish. */
  qosSpecs: QosLimits | null;
  encrypted: boolean;
  /** Null when the volume has no type: then the key is the driver's alone. */
  cacheable: boolean | null;
}
