import {
  type AttachStatus,
  NONE_REMAINING,
  type OperationKind,
  REMAINING,
  type Situation,
  type UnfinishedFacts,
  type VolumeStatus,
} from '@app/domain';

/** How an operation may end; `superseded`: a delete came first, or the row is gone. */
export type End = 'succeeded' | 'failed' | 'superseded';

/** A live attachment, as its row stands. */
export interface Row {
  id: string;
  instance: string | null;
  status: AttachStatus;
  /** Host of the recorded connection. */
  host: string | null;
  /** An attach was promised that may have reached a driver and has not been seen to leave nothing there. */
  reached: boolean;
}

/** A promise, as far as anybody can notice it. */
export interface Op {
  /** The request that made it. */
  id: string;
  kind: Extract<OperationKind, 'attach' | 'complete' | 'detach'>;
  attachment: string;
  instance: string | null;
  host: string | null;
  creates: boolean;
  globalRequest: string | null;
  /** Nothing later was promised for the attachment; of a complete: no delete. */
  current: boolean;
  /** The attach behind which a complete waits. */
  behind: string | null;
  /** What its callers were told leaves these ends possible. */
  mayEnd: readonly End[];
  ended: End | null;
}

/** All that the model knows of one volume. Never changed: every step makes a new one. */
export interface VolumeState {
  id: string;
  multiattach: boolean;
  status: VolumeStatus;
  attachStatus: AttachStatus;
  rows: readonly Row[];
  ops: readonly Op[];
}

export const newVolume = ({ id, multiattach }: { id: string; multiattach: boolean }): VolumeState => ({
  id,
  multiattach,
  status: NONE_REMAINING.volume,
  attachStatus: NONE_REMAINING.attachStatus,
  rows: [],
  ops: [],
});

export const rowOf = (state: VolumeState, id: string | null): Row | undefined => state.rows.find((row) => row.id === id);

export const withRow = (state: VolumeState, id: string, change: Partial<Row>): VolumeState => ({
  ...state,
  rows: state.rows.map((row) => (row.id === id ? { ...row, ...change } : row)),
});

export const withOps = (state: VolumeState, which: (op: Op) => boolean, change: Partial<Op>): VolumeState => ({
  ...state,
  ops: state.ops.map((op) => (which(op) ? { ...op, ...change } : op)),
});

/** The row goes, and the volume becomes what the table says of those that remain. */
export function without(state: VolumeState, id: string): VolumeState {
  const rows = state.rows.filter((row) => row.id !== id);
  const best = REMAINING.find(({ remaining }) => rows.some(({ status }) => status === remaining));
  const { volume: status, attachStatus } = best ?? NONE_REMAINING;
  return { ...state, rows, status, attachStatus };
}

/**
 * What the product's guards look at. Whether a worker had claimed an attach, nobody can tell from outside: where it matters there are two
 * situations, and either may have been.
 */
export function situationsOf(state: VolumeState): Situation[] {
  const unsure = state.rows.some(({ reached, host }) => reached && host === null);
  return unsure ? [situationOf(state, true), situationOf(state, false)] : [situationOf(state, false)];
}

function situationOf(state: VolumeState, claimed: boolean): Situation {
  const { id, status, attachStatus, multiattach } = state;
  const place = {
    backend: 'one',
    served: true,
    size: 1,
    readonly: false,
    attachedMode: null,
    migrationStatus: null,
    projectId: '',
    userId: '',
    bootable: false,
    revision: '',
  };
  return {
    volume: { id, status, attachStatus, multiattach, ...place },
    attachments: state.rows.map((row) => ({
      id: row.id,
      instanceUuid: row.instance,
      attachStatus: row.status,
      digest: row.host,
      touched: row.host !== null || (row.reached && claimed),
      mode: null,
      host: row.host,
    })),
    connections: [],
    unfinished: state.ops.filter(({ ended }) => ended === null).map(unfinished),
  };
}

const unfinished = (op: Op): UnfinishedFacts => ({
  id: op.id,
  kind: op.kind,
  attachmentId: op.attachment,
  digest: op.host,
  host: op.host ?? '',
  creates: op.creates,
  instanceUuid: op.instance,
  requestId: op.id,
  globalRequestId: op.globalRequest,
});
