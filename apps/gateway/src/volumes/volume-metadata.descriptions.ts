import type { Descriptions } from '../openapi/describes.js';
import { mapOf, objectOf, TEXT } from '../openapi/schema.js';

const WHOLE = { schema: objectOf(null, { metadata: mapOf(TEXT) }), example: { metadata: { shelf: 'upper' } } };
const KEY = {
  schema: objectOf(null, { meta: { ...mapOf(TEXT), minProperties: 1, maxProperties: 1 } }),
  example: { meta: { shelf: 'upper' } },
};
const TAG = 'From 3.15 on `If-Match` names the tag that a reader was given; where the metadata has another by now the answer is 412.';

export const VOLUME_METADATA_ROUTES = {
  list: { summary: "List a volume's metadata", description: 'From 3.15 on with an `Etag`.', answer: WHOLE, refuses: ['notFound'] },
  show: { summary: 'Show one key of the metadata', answer: KEY, refuses: ['notFound'] },
  merge: { summary: 'Add to the metadata', request: { example: WHOLE.example }, answer: WHOLE, refuses: ['notFound'] },
  replace: {
    summary: 'Put other metadata in its place',
    description: TAG,
    request: { example: WHOLE.example },
    answer: WHOLE,
    refuses: ['notFound', 'preconditionFailed'],
  },
  set: {
    summary: 'Set one key of the metadata',
    description: TAG,
    request: { example: KEY.example },
    answer: KEY,
    refuses: ['notFound', 'preconditionFailed'],
  },
  remove: { summary: 'Delete one key of the metadata', answer: null, refuses: ['notFound'] },
} as const satisfies Descriptions;
