import type { AttachClaim, ConnectClaim } from './operation.js';
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
  return {
    ...data,
    ...added(data, claim),
    ...beside,
    attachment_id: claim.attachmentId,
    enforce_multipath: enforceMultipath(claim),
  };
}

/** The same for a connection that no attachment owns: the driver's two levels stay (spec: worker-and-drivers §4). */
export function connectionAnswerOf(answer: DriverConnectionInfo, claim: Pick<ConnectClaim, 'additions' | 'connection'>): ConnectionInfo {
  const { data, ...beside } = answer;
  const multipath = { enforce_multipath: enforceMultipath(claim) };
  return { ...beside, data: { ...data, ...added(data, claim), ...multipath }, ...multipath };
}

type Finished = Pick<AttachClaim | ConnectClaim, 'additions' | 'connection'>;

const added = (data: DriverConnectionInfo['data'], { additions: { encrypted, cacheable }, connection: { readOnly } }: Finished) => ({
  qos_specs: null,
  access_mode: readOnly ? 'ro' : 'rw',
  encrypted: data.encrypted ?? encrypted,
  ...cacheableOf(data.cacheable, cacheable),
});

const enforceMultipath = ({ connection }: Finished): unknown => connection.connector.enforce_multipath ?? false;

function cacheableOf(driver: unknown, type: boolean | null): { cacheable?: unknown } {
  if (type !== null) return { cacheable: driver === undefined ? type : Boolean(driver) && type };
  return driver === undefined ? {} : { cacheable: driver };
}
