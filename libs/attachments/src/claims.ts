import type { AttachClaim, Claim, Connection, DriverCall, Reason, ReasonClass, SettleClaim, VolumeRef } from '@app/domain';
import type { ClaimRow } from './claim.statements.js';
import { connectionOf, openIntent, openRecorded } from './intent.js';
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
    case 'settle':
      return { ...base, kind: 'settle', live: liveOf(row, keys) };
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

type AttachParts = Omit<
  AttachClaim,
  | 'kind'
  | 'operationId'
  | 'backend'
  | 'volume'
  | 'requestId'
  | 'globalRequestId'
  | 'projectId'
  | 'call'
  | 'attempts'
  | 'ageMs'
  | 'attachmentId'
>;

function attachParts(row: ClaimRow, keys: KeyRing, attachmentId: string): AttachParts {
  const superseded = row.rowDeleted !== false || row.rowGeneration !== row.generation;
  if (row.intent === null) throw new Error(`operation ${row.id} is an attach without an intent`);
  const intent = openIntent(keys, row.id, row.intent);
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
    undoing: row.undoing ? ({ class: row.reasonClass as ReasonClass, text: row.reasonText } satisfies Reason) : null,
    superseded,
    additions: { encrypted: row.encrypted, cacheable: row.extraSpecs === null ? null : row.extraSpecs.cacheable === '<is> True' },
  };
}

/** Every connection that a driver may hold for the attachment: the recorded one and those of attaches that reached it (design §6). */
function toEnd(row: ClaimRow, keys: KeyRing, attachmentId: string): Connection[] {
  const recorded = row.connector === null ? [] : [openRecorded(keys, attachmentId, row.connector)];
  const reached = (row.touched ?? []).map(({ id, intent }) => openIntent(keys, id, intent));
  const byCredential = new Map<string, Connection>();
  for (const intent of [...recorded, ...reached]) byCredential.set(intent.credential.id, connectionOf(attachmentId, intent));
  return [...byCredential.values()];
}

const liveOf = (row: ClaimRow, keys: KeyRing): SettleClaim['live'] =>
  (row.live ?? []).map(({ id, connector }) => connectionOf(id, openRecorded(keys, id, connector)));
