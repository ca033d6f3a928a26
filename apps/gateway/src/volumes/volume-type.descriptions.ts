import type { VolumeTypeRecord } from '@app/attachments';
import type { Descriptions } from '../openapi/describes.js';
import { requestSchema } from '../openapi/request-schema.js';
import { FLAG, ID, listOf, mapOf, objectOf, orNull, type Schema, TEXT } from '../openapi/schema.js';
import { SetExtraSpecs } from './volume-type.requests.js';
import { volumeTypeDetail, volumeTypeView } from './volume-type.view.js';

const EXAMPLE: VolumeTypeRecord = {
  id: '2b4f2f2e-6f0e-4a59-b2f5-1f6a6f3f9f5e',
  name: 'multi',
  description: null,
  isPublic: true,
  extraSpecs: { multiattach: '<is> True' },
  encrypted: false,
  qosSpecsId: null,
};

const FOR_SOME = 'For whom policy says so.';
const TYPE = objectOf(
  'VolumeType',
  {
    id: ID,
    name: TEXT,
    is_public: FLAG,
    description: orNull(TEXT),
    extra_specs: { ...mapOf(TEXT), description: FOR_SOME },
    qos_specs_id: { ...orNull(ID), description: FOR_SOME },
    'os-volume-type-access:is_public': { ...FLAG, description: FOR_SOME },
  },
  ['extra_specs', 'qos_specs_id', 'os-volume-type-access:is_public'],
);
const ONE = { schema: objectOf(null, { volume_type: TYPE }), example: volumeTypeView(EXAMPLE, () => true) };

const SPECS = { schema: objectOf(null, { extra_specs: mapOf(TEXT) }), example: { extra_specs: EXAMPLE.extraSpecs } };
const SPEC = { schema: { ...mapOf(TEXT), minProperties: 1, maxProperties: 1 }, example: EXAMPLE.extraSpecs };
/** The same rules as for all of them, without the key that they stand under. */
const ONE_SPEC: Schema = {
  ...(requestSchema(SetExtraSpecs).properties as Record<string, Schema>).extra_specs,
  maxProperties: 1,
  minProperties: 1,
};

export const VOLUME_TYPE_ROUTES = {
  list: {
    summary: 'List volume types',
    query: [{ name: 'is_public', description: 'For administrators: public ones (true), others (false), or all (None).' }],
    answer: { schema: objectOf(null, { volume_types: listOf(TYPE) }), example: { volume_types: [volumeTypeDetail(EXAMPLE, () => true)] } },
  },
  showDefault: { summary: 'Show the type of volumes for which none is named', answer: ONE, refuses: ['notFound'] },
  show: { summary: 'Show a volume type', answer: ONE, refuses: ['notFound'] },
  create: {
    summary: 'Make a volume type (administrators)',
    request: { example: { volume_type: { name: EXAMPLE.name, extra_specs: EXAMPLE.extraSpecs } } },
    answer: ONE,
    refuses: ['conflict'],
  },
  update: {
    summary: 'Change a volume type (administrators)',
    request: { example: { volume_type: { description: 'for clusters' } } },
    answer: ONE,
    refuses: ['notFound', 'conflict'],
  },
  remove: { summary: 'Delete a volume type (administrators)', answer: null, refuses: ['notFound', 'conflict'] },
  extraSpecs: { summary: 'List what a type can do', answer: SPECS, refuses: ['notFound'] },
  extraSpec: { summary: 'Show one of the extra specs', answer: SPEC, refuses: ['notFound'] },
  setExtraSpecs: {
    summary: 'Add extra specs (administrators)',
    request: { example: SPECS.example },
    answer: SPECS,
    refuses: ['notFound'],
  },
  setExtraSpec: {
    summary: 'Set one of the extra specs (administrators)',
    request: { schema: ONE_SPEC, example: SPEC.example },
    answer: SPEC,
    refuses: ['notFound'],
  },
  removeExtraSpec: { summary: 'Delete one of the extra specs (administrators)', answer: null, refuses: ['notFound'] },
} as const satisfies Descriptions;
