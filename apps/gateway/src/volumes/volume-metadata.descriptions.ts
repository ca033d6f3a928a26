import type { Descriptions } from '../openapi/describes.js';
import { mapOf, objectOf, TEXT } from '../openapi/schema.js';
import { isAtLeast, printed } from '../openstack/microversion.js';
import { TAGS_SINCE } from './volume-metadata.requests.js';

const WHOLE = { schema: objectOf(null, { metadata: mapOf(TEXT) }), example: { metadata: { shelf: 'upper' } } };
const KEY = {
  schema: objectOf(null, { meta: { ...mapOf(TEXT), minProperties: 1, maxProperties: 1 } }),
  example: { meta: { shelf: 'upper' } },
};
const IF_MATCH = [
  {
    name: 'If-Match',
    description: 'The tag that a reader was given: where the metadata has another by now, the answer is 412.',
    since: printed(TAGS_SINCE),
  },
];
const TAGGED = { ...WHOLE, headers: { Etag: { description: 'For `If-Match`.', required: true, schema: TEXT } } };

export const VOLUME_METADATA_ROUTES = {
  list: {
    summary: "List a volume's metadata",
    answer: (version) => (isAtLeast(version, TAGS_SINCE) ? TAGGED : WHOLE),
    refuses: ['notFound'],
  },
  show: { summary: 'Show one key of the metadata', answer: KEY, refuses: ['notFound'] },
  merge: { summary: 'Add keys to the metadata', request: { example: WHOLE.example }, answer: WHOLE, refuses: ['notFound'] },
  replace: {
    summary: 'Replace the metadata',
    headers: IF_MATCH,
    request: { example: WHOLE.example },
    answer: WHOLE,
    refuses: ['notFound', 'preconditionFailed'],
  },
  set: {
    summary: 'Set one key of the metadata',
    headers: IF_MATCH,
    request: { example: KEY.example },
    answer: KEY,
    refuses: ['notFound', 'preconditionFailed'],
  },
  remove: { summary: 'Delete one key of the metadata', answer: null, refuses: ['notFound'] },
} as const satisfies Descriptions;
