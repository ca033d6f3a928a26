import type { AttachClaim } from './operation.js';
import type { DriverConnectionInfo } from './storage.js';

/** What a host needs to reach its volume, as it is stored and answered: one flat object. Carries secrets: never logged. */
export type ConnectionInfo = Record<string, unknown>;

/**
 * Finishes a driver's answer: the worker's own keys are added to `data`, then data and all other top-level keys become one object
 * (spec: attachments-api §2.3, worker-and-drivers §4). `access_mode` follows the mode in force, where Cinder always says rw (DEVIATE).
 */
export function connectionInfoOf(
  answer: DriverConnectionInfo,
  claim: Pick<AttachClaim, 'additions' | 'attachmentId' | 'connection'>,
): ConnectionInfo {
  const { data, ...beside } = answer;
  const { encrypted, cacheable } = claim.additions;
  return {
    ...data,
    qos_specs: null,
    access_mode: claim.connection.readOnly ? 'ro' : 'rw',
    encrypted: data.encrypted ?? encrypted,
    ...cacheableOf(data.cacheable, cacheable),
    ...beside,
    attachment_id: claim.attachmentId,
    enforce_multipath: claim.connection.connector.enforce_multipath ?? false,
  };
}

function cacheableOf(driver: unknown, type: boolean | null): { cacheable?: unknown } {
  if (type !== null) return { cacheable: driver === undefined ? type : Boolean(driver) && type };
  return driver === undefined ? {} : { cacheable: driver };
}
