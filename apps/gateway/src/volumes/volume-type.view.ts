import type { VolumeTypeRecord } from '@app/attachments';
import type { May } from '../policy/policy.parts.js';

/** What of a type's extra specs is no secret of the operator's, since it says what its volumes can do. */
const SEEN_BY_ALL = ['RESKEY:availability_zones', 'multiattach', 'replication_enabled'];

export const extraSpecsFor = (specs: Record<string, string>, may: May) =>
  may('volume_extension:types_extra_specs:read_sensitive')
    ? specs
    : Object.fromEntries(Object.entries(specs).filter(([key]) => SEEN_BY_ALL.includes(key)));

export const volumeTypeDetail = ({ id, name, description, isPublic, extraSpecs, qosSpecsId }: VolumeTypeRecord, may: May) => ({
  id,
  name,
  is_public: isPublic,
  description,
  ...(may('volume_extension:access_types_extra_specs') && { extra_specs: extraSpecsFor(extraSpecs, may) }),
  ...(may('volume_extension:access_types_qos_specs_id') && { qos_specs_id: qosSpecsId }),
  ...(may('volume_extension:volume_type_access') && { 'os-volume-type-access:is_public': isPublic }),
});

export const volumeTypeView = (type: VolumeTypeRecord, may: May) => ({ volume_type: volumeTypeDetail(type, may) });
