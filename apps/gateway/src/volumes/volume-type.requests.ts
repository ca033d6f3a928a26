import type { VolumeTypeChanges } from '@app/attachments';
import { ServiceError } from '@app/domain';
import { booleanOf } from '../openstack/boolean-words.js';
import type { Query } from '../openstack/list-query.js';
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

class ChangedVolumeType {
  @IsNoLongerThan(255) @IsType('string', 'null') readonly name?: string | null;
  @IsNoLongerThan(255) @IsType('string', 'null') readonly description?: string | null;
  @IsType('boolean', 'string', 'null') readonly is_public?: boolean | string | null;
}

export class UpdateVolumeType {
  @IsRequired() @IsMadeOf(() => ChangedVolumeType) readonly volume_type: ChangedVolumeType;
}

/** Null is as good as nothing: what a type says is changed, never taken away. @throws invalid */
export function changesOf({ name, description, is_public }: ChangedVolumeType): VolumeTypeChanges {
  const isPublic = is_public == null ? null : booleanOf(is_public);
  if (is_public != null && isPublic === null) throw new ServiceError('invalid', `Invalid value '${is_public}' for is_public.`);
  if (name != null && name.trim() === '') throw new ServiceError('invalid', 'Volume type name can not be empty.');
  if (name == null && description == null && isPublic === null) {
    throw new ServiceError('invalid', 'Specify volume type name, description, is_public or a combination thereof.');
  }
  return {
    ...(name != null && { name: name.trim() }),
    ...(description != null && { description }),
    ...(isPublic !== null && { isPublic }),
  };
}

/** Public types unless the query says otherwise; null: public or not. Only administrators are asked. @throws invalid */
export function publicWanted({ is_public: asked = 'true' }: Query): boolean | null {
  const [word = ''] = [asked].flat();
  const wanted = booleanOf(word);
  if (wanted === null && word.toLowerCase() !== 'none') throw new ServiceError('invalid', `Invalid is_public filter [${word}]`);
  return wanted;
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
