import { ServiceError } from '@app/domain';
import { decode } from '../openstack/request-body.js';
import { IsMadeOf, IsNoLongerThan, IsNotEmpty, IsRequired, IsTextMap, IsType } from '../openstack/rules.js';

class NewVolumeType {
  @IsRequired() @IsNotEmpty() @IsNoLongerThan(255) @IsType('string') readonly name: string;
  @IsNoLongerThan(255) @IsType('string', 'null') readonly description?: string | null;
  @IsType('boolean') readonly 'os-volume-type-access:is_public'?: boolean;
  @IsTextMap() @IsType('object', 'null') readonly extra_specs?: Record<string, string> | null;
}

export class CreateVolumeType {
  @IsRequired() @IsMadeOf(() => NewVolumeType) readonly volume_type: NewVolumeType;
}

export class SetExtraSpecs {
  @IsRequired() @IsTextMap() @IsType('object') readonly extra_specs: Record<string, string>;
}

/** The body of one key's PUT names that key and no other. @throws invalid */
export function decodeExtraSpec(key: string, body: unknown): Record<string, string> {
  const { extra_specs } = decode(SetExtraSpecs, { extra_specs: body });
  const keys = Object.keys(extra_specs);
  if (!Object.hasOwn(extra_specs, key)) throw new ServiceError('invalid', 'Request body and URI mismatch');
  if (keys.length !== 1) throw new ServiceError('invalid', 'Request body contains too many items');
  return extra_specs;
}
