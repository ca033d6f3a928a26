import type { Connector } from '@app/domain';
import { HasProperties, HasText, IsMadeOf, IsOneOf, IsRequired, IsType, IsUuidLike } from '../openstack/rules.js';

/** What a create says, at every microversion. */
export class NewAttachment {
  @IsUuidLike() @IsType('string') readonly instance_uuid?: string;
  /** Kept verbatim; an empty one is none (spec: attachments-api §6.1). */
  @IsType('object', 'null') readonly connector?: Connector | null;
  @IsRequired() @IsUuidLike() @IsType('string') readonly volume_uuid: string;
}

export class NewAttachmentWithMode extends NewAttachment {
  @IsOneOf('rw', 'ro') @IsType('string') readonly mode?: 'rw' | 'ro';
}

export class CreateAttachment {
  @IsRequired() @IsMadeOf(() => NewAttachment) readonly attachment: NewAttachmentWithMode;
}

/** From 3.54 on. */
export class CreateAttachmentWithMode {
  @IsRequired() @IsMadeOf(() => NewAttachmentWithMode) readonly attachment: NewAttachmentWithMode;
}

export class ConnectedBy {
  /** Kept verbatim. Without a host nobody could say who holds the volume (spec: attachments-api §7.1, DEVIATE). */
  @IsRequired() @HasText('host') @HasProperties() @IsType('object') readonly connector: Connector;
}

export class UpdateAttachment {
  @IsRequired() @IsMadeOf(() => ConnectedBy) readonly attachment: ConnectedBy;
}
