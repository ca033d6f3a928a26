import type { QosAssociation, QosSpecsRecord } from '@app/attachments';
import { linksTo, type Place } from '../openstack/links.js';

export const QOS_SPECS_PATH = 'qos-specs';

export const qosSpecsDetail = ({ id, name, consumer, specs }: QosSpecsRecord) => ({ id, name, consumer, specs });

/** The links stand beside it, as Cinder has them. */
export const qosSpecsView = (record: QosSpecsRecord, place: Place) => ({
  qos_specs: qosSpecsDetail(record),
  links: linksTo(`${QOS_SPECS_PATH}/${record.id}`, place),
});

export const qosAssociations = (types: readonly QosAssociation[]) => ({
  qos_associations: types.map(({ id, name }) => ({ association_type: 'volume_type', name, id })),
});
