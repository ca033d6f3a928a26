import { validateSync } from 'class-validator';
import { KeystoneConfig } from './keystone.config.js';

const CREDENTIALS = { OS_USERNAME: 'mooring', OS_PASSWORD: 'secret', OS_PROJECT_NAME: 'service' };

const broken = (given: object) =>
  validateSync(Object.assign(new KeystoneConfig(), { OS_AUTH_URL: 'https://keystone.example.org', ...CREDENTIALS, ...given })).flatMap(
    ({ constraints = {} }) => Object.keys(constraints),
  );

it.each([undefined, 'https://keystone.example.org/v3', 'http://keystone.example.org:5000'])('takes %s as where to authenticate', (url) =>
  expect(broken({ WWW_AUTHENTICATE_URI: url })).toEqual([]),
);

it.each(['x', 'keystone.example.org/v3', '//keystone.example.org'])('refuses %s as where to authenticate', (url) =>
  expect(broken({ WWW_AUTHENTICATE_URI: url })).toEqual(['isUrl']),
);
