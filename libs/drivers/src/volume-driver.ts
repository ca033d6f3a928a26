import type { Connection, Connector, DriverCall, DriverConnectionInfo, ExportRecord, VolumeRef } from '@app/domain';

/** What a driver can and cannot promise, as data: nobody asks which driver it is. */
export interface Capabilities {
  /** Whether several connections of one volume may stand at once. */
  multiattach: boolean;
  /** `advisory`: the backend takes writes from a read-only connection, and only the host's good will stops them. */
  readOnly: 'enforced' | 'advisory';
  /** `token`: the backend refuses a late call by its number. `settle`: it cannot, so that whoever lost a claim has the volume settled (design §5). */
  fencing: 'token' | 'settle';
  /** False: connections are lost when the backend's server restarts, and the worker settles every connected volume when it starts. */
  exportSurvivesRestart: boolean;
}

/**
 * The one port to storage. Every verb is idempotent, remembers nothing that it must not lose, and keys its effects by attachment and
 * credential id, never by host alone. It throws a DriverError that says whether the effect is there; any other error means "unknown".
 * A driver with `fencing: 'token'` refuses a call that is behind the last one seen for the volume (`stale`), right before the effect.
 */
export interface VolumeDriver {
  readonly capabilities: Capabilities;

  /** Makes folders and binds ports; must not disturb what stands. @throws Error, a sentence for the operator, if the backend cannot be served. */
  open(): Promise<void>;
  /** Frees what `open` took; connections of a server in this process end with it. */
  close(): Promise<void>;

  /** @throws invalidConnector naming the keys that are missing (spec: worker-and-drivers §5). */
  validateConnector(connector: Connector): void;

  /** A volume that is there already, with data on it, is success and keeps its data. */
  createVolume(volume: VolumeRef, call: DriverCall): Promise<void>;
  /** Bytes stay, connections stay, and a volume that is that large already is success. Hosts may see the new size only when they connect anew. */
  extendVolume(volume: VolumeRef, sizeGib: number, call: DriverCall): Promise<void>;
  /** Ends every connection and the export first; a volume that is not there is success. */
  deleteVolume(volume: VolumeRef, call: DriverCall): Promise<void>;

  /** Gives the same record each time. */
  createExport(volume: VolumeRef, call: DriverCall): Promise<ExportRecord>;
  /** No export is success; one that a connection still uses is refused, not done. */
  removeExport(volume: VolumeRef, call: DriverCall): Promise<void>;

  /** The same connection gives the same answer, however often it is called; the answer carries secrets. */
  initializeConnection(volume: VolumeRef, connection: Connection, call: DriverCall): Promise<DriverConnectionInfo>;
  /**
   * Once it returns the host has no access and none of its requests is under way. A connection that never was, or is gone, is success.
   * Returns whether other connections still use the export, which must then stay (spec: worker-and-drivers §3).
   */
  terminateConnection(volume: VolumeRef, connection: Connection, call: DriverCall): Promise<boolean>;

  /** Makes the backend equal to `live`: these are ensured, all others of this volume are ended, and without any the export goes. */
  settle(volume: VolumeRef, live: readonly Connection[], call: DriverCall): Promise<void>;
}
