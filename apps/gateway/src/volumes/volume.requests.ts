import type { VolumeChanges } from '@app/attachments';
import { IgnoresOthers, IsMadeOf, IsNoLongerThan, IsRequired, IsTextMap, IsType, IsVolumeSize } from '../openstack/rules.js';

/** Members that name what a volume could be made from; here it is always made empty (spec: volumes-surface §3). */
export const ORIGINS = ['snapshot_id', 'source_volid', 'imageRef', 'image_id', 'consistencygroup_id', 'group_id', 'backup_id'] as const;

class DescribedVolume {
  @IsNoLongerThan(255) @IsType('string', 'null') readonly name?: string | null;
  @IsNoLongerThan(255) @IsType('string', 'null') readonly description?: string | null;
  @IsTextMap() @IsType('object', 'null') readonly metadata?: Record<string, string> | null;
}

/** Unknown members are refused from 3.53 on only. */
export class NewStrictVolume extends DescribedVolume {
  @IsVolumeSize() @IsType('integer', 'string', 'null') readonly size?: number | string | null;
  @IsNoLongerThan(255) @IsType('string', 'null') readonly volume_type?: string | null;
  @IsNoLongerThan(255) @IsType('string', 'null') readonly availability_zone?: string | null;
  @IsType('boolean', 'string', 'null') readonly multiattach?: boolean | string | null;
  @IsType('string', 'null') readonly snapshot_id?: string | null;
  @IsType('string', 'null') readonly source_volid?: string | null;
  @IsType('string', 'null') readonly imageRef?: string | null;
  @IsType('string', 'null') readonly image_id?: string | null;
  @IsType('string', 'null') readonly consistencygroup_id?: string | null;
  @IsType('string', 'null') readonly group_id?: string | null;
  @IsType('string', 'null') readonly backup_id?: string | null;
}

@IgnoresOthers()
export class NewVolume extends NewStrictVolume {}

/** Scheduler hints may stand beside the volume; there is nothing to hint to. */
@IgnoresOthers()
export class CreateVolume {
  @IsRequired() @IsMadeOf(() => NewVolume) readonly volume: NewVolume;
}

@IgnoresOthers()
export class CreateStrictVolume {
  @IsRequired() @IsMadeOf(() => NewStrictVolume) readonly volume: NewStrictVolume;
}

class ChangedVolume extends DescribedVolume {
  /** Older words for the two, which some clients still send. */
  @IsNoLongerThan(255) @IsType('string', 'null') readonly display_name?: string | null;
  @IsNoLongerThan(255) @IsType('string', 'null') readonly display_description?: string | null;
}

export class UpdateVolume {
  @IsRequired() @IsMadeOf(() => ChangedVolume) readonly volume: ChangedVolume;
}

/** Only what was said: null takes a text away, what is absent stays. The older words count where the newer ones are absent. */
export function changesOf({ name, description, metadata, display_name, display_description }: ChangedVolume): VolumeChanges {
  const newName = name === undefined ? display_name : name;
  const newDescription = description === undefined ? display_description : description;
  return {
    ...(newName !== undefined && { name: newName }),
    ...(newDescription !== undefined && { description: newDescription }),
    ...(metadata != null && { metadata }),
  };
}
