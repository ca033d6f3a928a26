import type { NewEncryption } from '@app/attachments';
import { IsKeySize, IsMadeOf, IsNoLongerThan, IsOneOf, IsRequired, IsType } from '../openstack/rules.js';

class Cipher {
  @IsNoLongerThan(255) @IsType('string', 'null') readonly cipher?: string | null;
  @IsKeySize() @IsType('string', 'integer', 'null') readonly key_size?: string | number | null;
}

class NewTypeEncryption extends Cipher {
  @IsRequired() @IsNoLongerThan(255) @IsType('string') readonly provider: string;
  @IsRequired() @IsOneOf('front-end', 'back-end') readonly control_location: string;
}

class ChangedEncryption extends Cipher {
  @IsNoLongerThan(255) @IsType('string') readonly provider?: string;
  @IsOneOf('front-end', 'back-end') readonly control_location?: string;
}

export class CreateEncryption {
  @IsRequired() @IsMadeOf(() => NewTypeEncryption) readonly encryption: NewTypeEncryption;
}

export class UpdateEncryption {
  @IsRequired() @IsMadeOf(() => ChangedEncryption) readonly encryption: ChangedEncryption;
}

export const newEncryption = ({ provider, control_location, cipher = null, key_size = null }: NewTypeEncryption): NewEncryption => ({
  provider,
  controlLocation: control_location,
  cipher,
  keySize: sizeOf(key_size),
});

export const changesOf = ({ provider, control_location, cipher, key_size }: ChangedEncryption): Partial<NewEncryption> => ({
  ...(provider !== undefined && { provider }),
  ...(control_location !== undefined && { controlLocation: control_location }),
  ...(cipher !== undefined && { cipher }),
  ...(key_size !== undefined && { keySize: sizeOf(key_size) }),
});

const sizeOf = (size: string | number | null): number | null => (size === null ? null : Number(size));
