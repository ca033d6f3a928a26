import { VENDOR_MEDIA_TYPE } from './media-type.js';
import { MAX_VERSION, MIN_VERSION, printed } from './microversion.js';

/** spec: microversions-and-errors §1 */
export const versions = (endpoint: string) => ({
  versions: [
    {
      id: 'v3.0',
      status: 'CURRENT',
      version: printed(MAX_VERSION),
      min_version: printed(MIN_VERSION),
      updated: '2023-08-31T00:00:00Z',
      links: [
        { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
        { rel: 'self', href: `${endpoint}/v3/` },
      ],
      'media-types': [{ base: 'application/json', type: `${VENDOR_MEDIA_TYPE};version=3` }],
    },
  ],
});
