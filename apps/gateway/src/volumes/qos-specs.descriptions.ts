import type { QosSpecsRecord } from '@app/attachments';
import { QOS_CONSUMERS } from '@app/domain';
import type { Descriptions, Parameter } from '../openapi/describes.js';
import { listParameters } from '../openapi/list-parameters.js';
import { requestSchema } from '../openapi/request-schema.js';
import { ID, LINKS, listOf, mapOf, objectOf, TEXT } from '../openapi/schema.js';
import { QOS_SPECS_LIST_RULES } from './qos-specs-list.rules.js';
import { SetQosSpecs } from './qos-specs.requests.js';
import { qosAssociations, qosSpecsDetail, qosSpecsView } from './qos-specs.view.js';

const EXAMPLE: QosSpecsRecord = {
  id: 'b2e13957-e7f9-4b1d-a8c3-b1a4c9d4ff60',
  name: 'gold',
  consumer: 'front-end',
  specs: { total_iops_sec_per_gb: '30', total_iops_sec_max: '9000' },
};
const PLACE = { endpoint: 'http://127.0.0.1:8776', project: '/89afd400b646452b8db1b8d3a5c0f6a1' };
const CHANGE = { qos_specs: { consumer: 'both', read_bytes_sec: '1048576' } };

const QOS_SPECS = objectOf('QosSpecs', { id: ID, name: TEXT, consumer: { enum: QOS_CONSUMERS }, specs: mapOf(TEXT) });
const ONE = { schema: objectOf(null, { qos_specs: QOS_SPECS, links: LINKS }), example: qosSpecsView(EXAMPLE, PLACE) };
const ASSOCIATIONS = listOf(objectOf('QosAssociation', { association_type: { const: 'volume_type' }, name: TEXT, id: ID }));

const TYPE: readonly Parameter[] = [{ name: 'vol_type_id', description: 'The volume type; never left out.' }];
/** They are no project's, so nobody asks for those of all. */
const LIST_QUERY = listParameters(QOS_SPECS_LIST_RULES).filter(({ name }) => name !== 'all_tenants');

export const QOS_SPECS_ROUTES = {
  list: {
    summary: 'List QoS specs (administrators)',
    query: LIST_QUERY,
    answer: {
      schema: objectOf(null, { qos_specs: listOf(QOS_SPECS), qos_specs_links: LINKS }, ['qos_specs_links']),
      example: { qos_specs: [qosSpecsDetail(EXAMPLE)] },
    },
    refuses: ['notFound'],
  },
  show: { summary: 'Show QoS specs (administrators)', answer: ONE, refuses: ['notFound'] },
  create: {
    summary: 'Make QoS specs (administrators)',
    description: 'Beside `name` and `consumer` (`back-end` where it is not said) every member is a spec.',
    request: { example: { qos_specs: { name: EXAMPLE.name, consumer: EXAMPLE.consumer, ...EXAMPLE.specs } } },
    answer: ONE,
    refuses: ['conflict'],
  },
  update: {
    summary: 'Add specs, or name another consumer (administrators)',
    description: 'The answer is what was sent. Connections that stand keep what they were told.',
    request: { example: CHANGE },
    answer: { schema: requestSchema(SetQosSpecs), example: CHANGE },
    refuses: ['notFound'],
  },
  removeKeys: {
    summary: 'Take specs away (administrators)',
    description: 'All that are named, or none where one of them is not there.',
    request: { example: { keys: Object.keys(EXAMPLE.specs) } },
    answer: null,
    refuses: ['notFound'],
  },
  remove: {
    summary: 'Delete QoS specs (administrators)',
    query: [
      { name: 'force', description: 'Whether to take them from the volume types that have them; refused while there are any otherwise.' },
    ],
    answer: null,
    refuses: ['notFound'],
  },
  associations: {
    summary: 'List the volume types that have them (administrators)',
    answer: { schema: objectOf(null, { qos_associations: ASSOCIATIONS }), example: qosAssociations([{ id: EXAMPLE.id, name: 'multi' }]) },
    refuses: ['notFound'],
  },
  associate: { summary: 'Give them to a volume type (administrators)', query: TYPE, answer: null, refuses: ['notFound'] },
  disassociate: { summary: 'Take them from a volume type (administrators)', query: TYPE, answer: null, refuses: ['notFound'] },
  disassociateAll: { summary: 'Take them from all volume types (administrators)', answer: null, refuses: ['notFound'] },
} as const satisfies Descriptions;
