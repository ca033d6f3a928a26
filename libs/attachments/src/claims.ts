import {
  type AttachClaim,
  type Claim,
  type ConnectClaim,
  type Connection,
  type ConnectionAdditions,
  type DriverCall,
  qosFor,
  type Reason,
  type ReasonClass,
  type SettleClaim,
  type VolumeRef,
} from '@app/domain';
import type { ClaimRow } from './claim.statements.js';
import { connectionOf, type Intent, openIntent, openRecorded, ownedConnection } from './intent.js';
import type { KeyRing } from './sealing.js';

/** A claim as the worker gets it: all that the driver needs is opened here and nowhere else. */
export function claimOf(row: ClaimRow, keys: KeyRing, call: DriverCall): Claim {
  const { id: operationId, backend, requestId, globalRequestId, projectId, attempts, ageMs } = row;
  const base = {
    operationId,
    backend: backend ?? '',
    volume: volumeRef(row),
    requestId,
    globalRequestId,
    projectId,
    call,
    attempts,
    ageMs,
  };
  const attachmentId = row.attachmentId ?? '';
  switch (row.kind) {
    case 'attach':
      return { ...base, kind: 'attach', attachmentId, ...attachParts(row, keys, attachmentId) };
    case 'detach':
      return {
        ...base,
        kind: 'detach',
        attachmentId,
        connections: toEnd(row, keys, attachmentId),
        othersConnected: row.othersConnected,
        abandons: row.abandons,
      };
    case 'complete':
      return { ...base, kind: 'complete', attachmentId };
    case 'connect':
      return { ...base, kind: 'connect', ...connectParts(row, keys) };
    case 'disconnect':
      return {
        ...base,
        kind: 'disconnect',
        connections: toDisconnect(row, keys),
        ends: idsOf(row, ({ mine }) => mine),
        othersConnected: row.othersConnected,
        abandons: row.abandons,
      };
    case 'settle':
      return { ...base, kind: 'settle', live: [...liveOf(row, keys), ...standing(row, keys)], keeps: idsOf(row, ({ stands }) => stands) };
    case 'extend-volume':
      return { ...base, kind: 'extend-volume', sizeWanted: row.sizeWanted ?? row.size };
    case 'create-volume':
    case 'delete-volume':
      return { ...base, kind: row.kind };
  }
}

/** The backend's name of a volume is Cinder's usual one, whatever the user calls it. */
const volumeRef = (row: ClaimRow): VolumeRef => ({
  id: row.volumeId,
  name: `volume-${row.volumeId}`,
  sizeGib: row.size,
  multiattach: row.multiattach,
  providerLocation: row.providerLocation,
});

type OfEveryClaim =
  'kind' | 'operationId' | 'backend' | 'volume' | 'requestId' | 'globalRequestId' | 'projectId' | 'call' | 'attempts' | 'ageMs';
type AttachParts = Omit<AttachClaim, OfEveryClaim | 'attachmentId'>;
type ConnectParts = Omit<ConnectClaim, OfEveryClaim>;

function attachParts(row: ClaimRow, keys: KeyRing, attachmentId: string): AttachParts {
  const superseded = row.rowDeleted !== false || row.rowGeneration !== row.generation;
  const intent = ownIntent(row, keys);
  const recorded = row.connector === null ? null : openRecorded(keys, attachmentId, row.connector);
  const repeats = recorded?.credential.id === intent.credential.id;
  return {
    connection: connectionOf(attachmentId, intent),
    mode: intent.mode,
    replaces: recorded && !repeats ? connectionOf(attachmentId, recorded) : null,
    leftovers: toEnd(row, keys, attachmentId).filter(
      ({ credential: { id } }) => ![intent, recorded].some((known) => known?.credential.id === id),
    ),
    repeats,
    othersConnected: row.othersConnected,
    undoing: undoingOf(row),
    superseded,
    additions: additionsOf(row),
  };
}

function connectParts(row: ClaimRow, keys: KeyRing): ConnectParts {
  const connection = ownedConnection(ownIntent(row, keys));
  return {
    connection,
    replaces: null,
    leftovers: [],
    repeats: standing(row, keys).some(({ credential }) => credential.id === connection.credential.id),
    othersConnected: row.othersConnected,
    undoing: undoingOf(row),
    superseded: row.generation !== '0',
    additions: additionsOf(row),
  };
}

function ownIntent(row: ClaimRow, keys: KeyRing): Intent {
  if (row.intent === null) throw new Error(`operation ${row.id} is of kind ${row.kind} and has no intent`);
  return openIntent(keys, row.id, row.intent);
}

const undoingOf = (row: ClaimRow): Reason | null => (row.undoing ? { class: row.reasonClass as ReasonClass, text: row.reasonText } : null);

const additionsOf = ({ size, encrypted, extraSpecs, qosSpecs }: ClaimRow): ConnectionAdditions => ({
  qosSpecs: qosSpecs && qosFor(size, qosSpecs),
  encrypted,
  cacheable: extraSpecs === null ? null : extraSpecs.cacheable === '<is> True',
});

/** Every connection that a driver may hold for the attachment: the recorded one and those of attaches that reached it (design §6). */
function toEnd(row: ClaimRow, keys: KeyRing, attachmentId: string): Connection[] {
  const recorded = row.connector === null ? [] : [openRecorded(keys, attachmentId, row.connector)];
  const reached = (row.touched ?? []).map(({ id, intent }) => openIntent(keys, id, intent));
  const byCredential = new Map<string, Connection>();
  for (const intent of [...recorded, ...reached]) byCredential.set(intent.credential.id, connectionOf(attachmentId, intent));
  return [...byCredential.values()];
}

type Connected = NonNullable<ClaimRow['connected']>[number];
const idsOf = (row: ClaimRow, which: (one: Connected) => boolean): string[] => (row.connected ?? []).filter(which).map(({ id }) => id);

/** The connections that operations own. */
const connectedOf = (row: ClaimRow, keys: KeyRing, which: (one: Connected) => boolean): Connection[] =>
  (row.connected ?? []).filter(which).map(({ id, intent }) => ownedConnection(openIntent(keys, id, intent)));

/** Those that are made, and that nobody has asked to end. */
const standing = (row: ClaimRow, keys: KeyRing) => connectedOf(row, keys, ({ stands }) => stands);

/** Those that this disconnect is about. */
const toDisconnect = (row: ClaimRow, keys: KeyRing) => connectedOf(row, keys, ({ mine }) => mine);

const liveOf = (row: ClaimRow, keys: KeyRing): SettleClaim['live'] =>
  (row.live ?? []).map(({ id, connector }) => connectionOf(id, openRecorded(keys, id, connector)));
