import type { VolumeTypeRecord } from '@app/attachments';

/** What of a type's extra specs everybody may know, since it says what its volumes can do. */
const SEEN_BY_ALL = ['RESKEY:availability_zones', 'multiattach', 'replication_enabled'];

export const extraSpecsFor = (specs: Record<string, string>, isAdmin: boolean) =>
  isAdmin ? specs : Object.fromEntries(Object.entries(specs).filter(([key]) => SEEN_BY_ALL.includes(key)));

export const volumeTypeDetail = ({ id, name, description, isPublic, extraSpecs, qosSpecsId }: VolumeTypeRecord, isAdmin: boolean) => ({
  id,
  name,
  is_public: isPublic,
  description,
  extra_specs: extraSpecsFor(extraSpecs, isAdmin),
  ...(isAdmin && { qos_specs_id: qosSpecsId }),
  'os-volume-type-access:is_public': isPublic,
});

export const volumeTypeView = (type: VolumeTypeRecord, isAdmin: boolean) => ({ volume_type: volumeTypeDetail(type, isAdmin) });
