import type { VolumeRecord } from '@app/attachments';
import type { Answer, Descriptions, Parameter } from '../openapi/describes.js';
import { ALL_TENANTS, filterParameters, listParameters } from '../openapi/list-parameters.js';
import { COUNT, LINKS, listOf, mapOf, objectOf, type Schema, TEXT } from '../openapi/schema.js';
import { isAtLeast, microversion, type Microversion } from '../openstack/microversion.js';
import { VOLUME_LIST_RULES } from './volume-list.rules.js';
import { EXAMPLE_VOLUME, LISTED_VOLUME, volumeSchema } from './volume.schema.js';
import { type Audience, volumeDetail, volumeSummary } from './volume.view.js';

const audience = (version: Microversion): Audience => ({
  caller: { isAdmin: true, roles: ['admin'], projectId: EXAMPLE_VOLUME.projectId },
  version,
  may: () => true,
  endpoint: 'http://127.0.0.1:8776',
  project: `/${EXAMPLE_VOLUME.projectId}`,
});

const oneOf =
  (volume: VolumeRecord) =>
  (version: Microversion): Answer => ({
    schema: objectOf(null, { volume: volumeSchema(version) }),
    example: { volume: volumeDetail(volume, audience(version)) },
  });
const one = oneOf(EXAMPLE_VOLUME);
const madeOne = oneOf({
  ...EXAMPLE_VOLUME,
  status: 'creating',
  attachStatus: 'detached',
  adminMetadata: {},
  updatedAt: null,
  attachments: [],
});

/** A link where there is a next page, and a count where one was asked for. */
const page = (version: Microversion, volume: Schema, example: unknown): Answer => {
  const count: Record<string, Schema> = isAtLeast(version, microversion('3.45')) ? { count: COUNT } : {};
  return {
    schema: objectOf(null, { volumes: listOf(volume), volumes_links: LINKS, ...count }, ['volumes_links', 'count']),
    example: { volumes: [example] },
  };
};

const LIST_QUERY: readonly Parameter[] = [
  ...listParameters(VOLUME_LIST_RULES),
  { name: 'with_count', description: 'Whether to count the rows of all pages.', since: '3.45' },
];

export const VOLUME_ROUTES = {
  list: {
    summary: 'List volumes',
    answer: (version) => page(version, LISTED_VOLUME, volumeSummary(EXAMPLE_VOLUME, audience(version))),
    query: LIST_QUERY,
    refuses: ['notFound'],
  },
  listDetail: {
    summary: 'List volumes with details',
    answer: (version) => page(version, volumeSchema(version), volumeDetail(EXAMPLE_VOLUME, audience(version))),
    query: LIST_QUERY,
    refuses: ['notFound'],
  },
  show: { summary: 'Show a volume', answer: one, refuses: ['notFound'] },
  create: {
    summary: 'Make a volume',
    description: 'It is there at once, and `available` when a worker has made it. It is always empty: copies are not made here.',
    request: { example: { volume: { size: 1, name: 'data', metadata: { shelf: 'upper' } } } },
    answer: madeOne,
    refuses: ['notFound', 'tooLarge'],
  },
  update: {
    summary: 'Change what is said of a volume',
    request: { example: { volume: { name: 'data', description: null } } },
    answer: one,
    refuses: ['notFound'],
  },
  delete: { summary: 'Delete a volume', answer: null, refuses: ['notFound'] },
} as const satisfies Descriptions;

export const VOLUME_SUMMARY_ROUTES = {
  show: {
    summary: 'Count volumes, and what they hold',
    query: [...filterParameters(VOLUME_LIST_RULES), ALL_TENANTS],
    answer: (version) => {
      const isNamed = isAtLeast(version, microversion('3.36'));
      const figures = { total_count: COUNT, total_size: COUNT, ...(isNamed && { metadata: mapOf(listOf(TEXT)) }) };
      const example = { total_count: 1, total_size: 1, ...(isNamed && { metadata: { shelf: ['upper'] } }) };
      return { schema: objectOf(null, { 'volume-summary': objectOf('Totals', figures) }), example: { 'volume-summary': example } };
    },
  },
} as const satisfies Descriptions;
