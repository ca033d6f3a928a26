import type { Connector } from './connector.js';

/** What a driver is told of a volume. */
export interface VolumeRef {
  id: string;
  /** The name on the backend: deterministic, never the user's. */
  name: string;
  sizeGib: number;
  multiattach: boolean;
  /** What createExport returned, once it is recorded; null while no export stands. */
  providerLocation: string | null;
}

/** Made and committed before any driver sees it; a driver invents none of its own (design §3, rule 2). */
export interface Credential {
  id: string;
  /** 64 hex digits (32 bytes). Secret: never in a log, an error, a queue or argv. */
  secret: string;
}

/** One host's way to one volume, on behalf of one attachment. Drivers key every effect by attachment and credential id, never by host alone. */
export interface Connection {
  attachmentId: string;
  connector: Connector;
  readOnly: boolean;
  credential: Credential;
}

/** `number` is the fence: a server of ours refuses one lower than the last that it saw for the volume (design §5). */
export interface DriverCall {
  number: bigint;
  deadline: Date;
  signal: AbortSignal;
}

/** What a driver answers; `data` and the other keys are flattened into connection_info (spec: attachments-api §2.3). */
export interface DriverConnectionInfo {
  driver_volume_type: string;
  data: Record<string, unknown>;
  [beside: string]: unknown;
}

/** What createExport must have remembered for it: recorded with the volume before a host is connected. */
export interface ExportRecord {
  location: string;
}
