import { randomBytes } from 'node:crypto';
import {
  type Connection,
  type ConnectionInfo,
  type Connector,
  connectorDigest,
  connectorHost,
  connectorInForce,
  type Credential,
  effectiveMode,
} from '@app/domain';
import { type KeyRing, place } from './sealing.js';

/** What is committed, sealed, before a driver sees any of it: in the operation while it is intended, with the attachment once it is recorded. */
export interface Intent {
  connector: Connector;
  mode: string | null;
  credential: Credential;
}

/** An intent with what may be read without opening it. */
export interface NewIntent {
  intent: Intent;
  digest: string;
  host: string;
}

/** The mode in force is part of the digest: a repeat that asks for another mode is another attach. */
export function intend(
  storedMode: string | null,
  connector: Connector,
): Omit<NewIntent, 'intent'> & { connector: Connector; mode: string | null } {
  const mode = effectiveMode(storedMode, connector);
  return {
    connector: connectorInForce(storedMode, connector),
    mode,
    digest: connectorDigest(connector, mode),
    host: connectorHost(connector),
  };
}

export const newCredential = (): Credential => ({ id: randomBytes(8).toString('hex'), secret: randomBytes(32).toString('hex') });

export const sealAnswer = (keys: KeyRing, operationId: string, answer: ConnectionInfo) =>
  keys.seal(answer, place('operations.result', operationId));
export const openAnswer = (keys: KeyRing, operationId: string, sealed: string) =>
  keys.open(sealed, place('operations.result', operationId)) as ConnectionInfo;

export function connectionOf(attachmentId: string, { connector, mode, credential }: Intent): Connection {
  return { attachmentId, connector, readOnly: mode === 'ro', credential };
}

/** Of a connection that an operation owns: no attachment names it, so its credential does, also when a later operation takes it over. */
export const ownedConnection = (intent: Intent): Connection => connectionOf(intent.credential.id, intent);

export const sealIntent = (keys: KeyRing, operationId: string, intent: Intent) =>
  keys.seal(intent, place('operations.intent', operationId));
export const openIntent = (keys: KeyRing, operationId: string, sealed: string) =>
  keys.open(sealed, place('operations.intent', operationId)) as Intent;
export const sealRecorded = (keys: KeyRing, attachmentId: string, intent: Intent) =>
  keys.seal(intent, place('attachments.connector', attachmentId));
export const openRecorded = (keys: KeyRing, attachmentId: string, sealed: string) =>
  keys.open(sealed, place('attachments.connector', attachmentId)) as Intent;
