import type { NewQosSpecs, QosSpecsChanges } from '@app/attachments';
import { QOS_CONSUMERS, type QosConsumer, ServiceError } from '@app/domain';
import type { Query } from '../openstack/list-query.js';
import { HasText, HasWord, IsRequired, IsTextList, IsTextMap, IsType } from '../openstack/rules.js';

/** Name and consumer stand among the specs; all of it is text, and what is not said is not there. */
interface ChangedSpecs {
  consumer?: QosConsumer;
  [key: string]: string | undefined;
}
interface NamedSpecs extends ChangedSpecs {
  name: string;
}

export class CreateQosSpecs {
  @IsRequired() @IsTextMap() @HasWord('consumer', QOS_CONSUMERS) @HasText('name', 255) @IsType('object') readonly qos_specs: NamedSpecs;
}

export class SetQosSpecs {
  @IsRequired() @IsTextMap() @HasWord('consumer', QOS_CONSUMERS) @IsType('object') readonly qos_specs: ChangedSpecs;
}

export class RemoveQosKeys {
  @IsRequired() @IsTextList() readonly keys: readonly string[];
}

/** @throws invalid */
export function newQosSpecs({ name: said, consumer = 'back-end', ...specs }: NamedSpecs): NewQosSpecs {
  const name = said.trim();
  if (name === '') throw new ServiceError('invalid', "An invalid 'name' value was provided. The 'name' can not be empty.");
  return { name, consumer, specs: specs as Record<string, string> };
}

export const changesOf = ({ consumer, ...specs }: ChangedSpecs): QosSpecsChanges => ({
  consumer: consumer ?? null,
  specs: specs as Record<string, string>,
});

/** @throws invalid */
export function typeIn(query: Query): string {
  const [id = ''] = [query.vol_type_id].flat();
  if (id === '') throw new ServiceError('invalid', 'Volume Type id must not be None.');
  return id;
}
