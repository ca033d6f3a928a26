import type { Descriptions } from '../openapi/describes.js';
import { listOf, objectOf, TEXT } from '../openapi/schema.js';
import { versions } from './versions.view.js';

const LINK = objectOf('VersionLink', { rel: TEXT, href: TEXT, type: TEXT }, ['type']);
const VERSION = objectOf('Version', {
  id: { const: 'v3.0' },
  status: { const: 'CURRENT' },
  version: TEXT,
  min_version: TEXT,
  updated: TEXT,
  links: listOf(LINK),
  'media-types': listOf(objectOf('MediaType', { base: TEXT, type: TEXT })),
});
const ANSWER = { schema: objectOf(null, { versions: listOf(VERSION) }), example: versions('http://127.0.0.1:8776') };

export const VERSIONS_ROUTES = {
  root: { summary: 'Show what is spoken here', description: 'Whatever the method.', answer: ANSWER },
  v3: { summary: 'Show what is spoken here, at the endpoint that clients are told', path: '/v3/', answer: ANSWER },
} as const satisfies Descriptions;
