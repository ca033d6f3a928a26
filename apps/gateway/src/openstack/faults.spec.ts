import { faultOf } from './faults.js';

it.each([
  ['unavailable', 'POST', '/v3/attachments', 503],
  ['unavailable', 'GET', '/v3/attachments/a', 503],
  ['unavailable', 'POST', '/v3/attachments/a/action', 503],
  ['unavailable', 'PUT', '/v3/volumes/v', 503],
  ['unavailable', 'PUT', '/v3/attachments/a', 504],
  ['unavailable', 'DELETE', '/v3/89af/attachments/a', 504],
  ['lost', 'POST', '/v3/attachments', 500],
  ['lost', 'DELETE', '/v3/attachments/a', 504],
  ['backend', 'PUT', '/v3/attachments/a', 500],
  ['notFound', 'DELETE', '/v3/attachments/a', 404],
] as const)('%s on %s %s is %i', (kind, method, url, code) => {
  expect(faultOf(kind, { method, url }).code).toBe(code);
});
