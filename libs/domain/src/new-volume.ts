import { invalidInput, invalidVolume, ServiceError } from './errors.js';

/** What an operator says of all new volumes. */
export interface NewVolumeRules {
  /** Name or id of the type that a volume has when none was asked for; null: none. */
  defaultType: string | null;
  /** In GiB; null: as large as one likes. */
  largest: number | null;
  /** Id of the key that all encrypted volumes share; null: there are no keys, so there are no such volumes. */
  sharedKeyId: string | null;
  /** Asked where the volume may have several attachments at a time. @throws forbidden */
  leaveToShare?: () => void;
}
export const NO_RULES: NewVolumeRules = { defaultType: null, largest: null, sharedKeyId: null };

/** How Cinder and compute name the one key that both are configured with (decision 0022). */
export const FIXED_KEY_ID = '00000000-0000-0000-0000-000000000000';

/** What a volume takes over from its type. */
export interface TypeFacts {
  name: string;
  extraSpecs: Record<string, string>;
  encrypted: boolean;
}

const MULTIATTACH = '<is> True';

/** @throws invalid, forbidden, tooLarge (spec: volumes-surface §3) */
export function mayCreateVolume(size: number, type: TypeFacts | null, rules: NewVolumeRules): Taken {
  mayBeSoLarge(size, type, rules);
  const multiattach = type?.extraSpecs.multiattach === MULTIATTACH;
  if (multiattach) rules.leaveToShare?.();
  return { multiattach, encryptionKeyId: type?.encrypted ? keyFor(type, multiattach, rules) : null };
}

/** @throws invalid, tooLarge: a new volume, or one that grows. */
export function mayBeSoLarge(size: number, type: Pick<TypeFacts, 'name' | 'extraSpecs'> | null, { largest }: NewVolumeRules): void {
  if (type) refuseByType(size, type);
  if (largest !== null && size > largest) throw largerThanAny(size, largest);
}

interface Taken {
  multiattach: boolean;
  encryptionKeyId: string | null;
}

function keyFor({ name }: TypeFacts, multiattach: boolean, { sharedKeyId }: NewVolumeRules): string {
  if (multiattach) throw invalidVolume('Multiattach cannot be used with encrypted volumes.');
  if (sharedKeyId === null) throw invalidInput(`volume type ${name} is encrypted, and no key manager is configured here (KEY_MANAGER).`);
  return sharedKeyId;
}

/** A spec that is no number says nothing. */
function refuseByType(size: number, { name, extraSpecs }: Pick<TypeFacts, 'name' | 'extraSpecs'>): void {
  const least = extraSpecs['provisioning:min_vol_size'];
  const most = extraSpecs['provisioning:max_vol_size'];
  if (size < Number(least)) {
    throw invalidInput(
      `Specified volume size of '${size}' is less than the minimum required size of '${least}' for volume type '${name}'.`,
    );
  }
  if (size > Number(most)) {
    throw invalidInput(
      `Specified volume size of '${size}' is greater than the maximum allowable size of '${most}' for volume type '${name}'.`,
    );
  }
}

/** Cinder counts its limit of one volume's size among the quotas: 413, with the name of the exception before the text. */
const largerThanAny = (size: number, limit: number) =>
  new ServiceError('tooLarge', `VolumeSizeExceedsLimit: Requested volume size ${size}G is larger than maximum allowed limit ${limit}G.`);
