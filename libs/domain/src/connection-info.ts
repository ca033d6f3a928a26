import type { AttachClaim, ConnectClaim } from './operation.js';
import type { DriverConnectionInfo } from './storage.js';

/** What an operator says of a backend's volumes, for the hosts that use them (spec: worker-and-drivers §4). */
export interface VolumeTraits {
  /** Space that a host discards is given back. */
  reportDiscardSupported?: boolean;
  diskGeometry?: DiskGeometry;
}
export const DISK_GEOMETRIES = ['512', '512e', '4k'] as const;
export type DiskGeometry = (typeof DISK_GEOMETRIES)[number];

/** What a host needs to reach its volume, as it is stored and answered: one flat object. Carries secrets: never logged. */
export type ConnectionInfo = Record<string, unknown>;

/** What lets somebody in, by the names that drivers, hosts and headers give it; where a volume is, and for whom, is none. */
const SECRET_KEY = /^secret(?:$|_)|(?:password|passwd|passphrase|secrets?|keyring|psk|_key|token|authorization)$/i;
export const isSecret = (key: string): boolean => SECRET_KEY.test(key);

/** The same without its secrets, on whatever level they are: keys that are left out, so that nobody logs in with a mask. */
export function withoutSecrets<Info extends ConnectionInfo | null>(info: Info): Info {
  return shown(info) as Info;
}

function shown(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(shown);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isSecret(key))
      .map(([key, inner]) => [key, shown(inner)]),
  );
}

/**
 * Finishes a driver's answer: the worker's own keys are added to `data`, then data and all other top-level keys become one object
 * (spec: attachments-api §2.3, worker-and-drivers §4). `access_mode` follows the mode in force, where Cinder always says rw (DEVIATE).
 */
export function connectionInfoOf(
  answer: DriverConnectionInfo,
  claim: Pick<AttachClaim, 'additions' | 'attachmentId' | 'connection'>,
  traits: VolumeTraits = {},
): ConnectionInfo {
  const { data, ...beside } = answer;
  return {
    ...data,
    ...added(data, claim, traits),
    ...beside,
    attachment_id: claim.attachmentId,
    enforce_multipath: enforceMultipath(claim),
  };
}

/** The same for a connection that no attachment owns: the driver's two levels stay (spec: worker-and-drivers §4). */
export function connectionAnswerOf(
  answer: DriverConnectionInfo,
  claim: Pick<ConnectClaim, 'additions' | 'connection'>,
  traits: VolumeTraits = {},
): ConnectionInfo {
  const { data, ...beside } = answer;
  const multipath = { enforce_multipath: enforceMultipath(claim) };
  return { ...beside, data: { ...data, ...added(data, claim, traits), ...multipath }, ...multipath };
}

type Finished = Pick<AttachClaim | ConnectClaim, 'additions' | 'connection'>;

type Data = DriverConnectionInfo['data'];

const added = (
  data: Data,
  { additions: { qosSpecs, encrypted, cacheable }, connection: { readOnly } }: Finished,
  traits: VolumeTraits,
) => ({
  qos_specs: qosSpecs,
  access_mode: readOnly ? 'ro' : 'rw',
  encrypted: data.encrypted ?? encrypted,
  ...cacheableOf(data.cacheable, cacheable),
  ...(data.discard === undefined && traits.reportDiscardSupported && { discard: true }),
  ...(data.physical_block_size === undefined && data.logical_block_size === undefined && blockSizes(traits.diskGeometry)),
});

const BLOCK_SIZES: Record<DiskGeometry, [physical: string, logical: string]> = {
  '512': ['512', '512'],
  '512e': ['4096', '512'],
  '4k': ['4096', '4096'],
};

function blockSizes(geometry: DiskGeometry | undefined) {
  if (geometry === undefined) return {};
  const [physical_block_size, logical_block_size] = BLOCK_SIZES[geometry];
  return { physical_block_size, logical_block_size };
}

const enforceMultipath = ({ connection }: Finished): unknown => connection.connector.enforce_multipath ?? false;

function cacheableOf(driver: unknown, type: boolean | null): { cacheable?: unknown } {
  if (type !== null) return { cacheable: driver === undefined ? type : Boolean(driver) && type };
  return driver === undefined ? {} : { cacheable: driver };
}
