import { createHash } from 'node:crypto';

/** What a host says of itself, kept verbatim; Mooring reads `host`, `mode`, `mountpoint` and `enforce_multipath`, drivers read more. */
export type Connector = Readonly<Record<string, unknown>>;

/** The stored word for "the caller did not say" (spec: attachments-api §2.2). */
export const MODE_UNSAID = 'null';

/** An empty object and null behave as no connector at all (spec: attachments-api §6.1). */
export function isConnector(value: Connector | null | undefined): value is Connector {
  return value != null && Object.keys(value).length > 0;
}

export const connectorHost = (connector: Connector): string => (typeof connector.host === 'string' ? connector.host : '');
export const connectorMountpoint = (connector: Connector): string =>
  typeof connector.mountpoint === 'string' ? connector.mountpoint : 'na';

/** The mode in force: what the attachment was created with, else what the connector says, else rw (spec: attachments-api §7.2). */
export function effectiveMode(stored: string | null, connector: Connector): string | null {
  if (stored !== null && stored !== MODE_UNSAID) return stored;
  if (!('mode' in connector)) return 'rw';
  return typeof connector.mode === 'string' || connector.mode === null ? connector.mode : JSON.stringify(connector.mode);
}

/** A stored mode wins over the connector's and stands in what the driver sees and the row keeps (spec: attachments-api §7.2). */
export function connectorInForce(stored: string | null, connector: Connector): Connector {
  return stored === null || stored === MODE_UNSAID ? connector : { ...connector, mode: stored };
}

/** The same for the same connector and mode, whatever the order of the keys: a repeat with an equal digest joins the work in flight (design §6). */
export function connectorDigest(connector: Connector, mode: string | null): string {
  const { mode: _worded, ...rest } = connector;
  return createHash('sha256')
    .update(canonicalJson([rest, mode]))
    .digest('hex');
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
