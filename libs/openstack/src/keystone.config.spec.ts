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

it.each([
  ['https://keystone.example.org', []],
  ['HTTPS://keystone.example.org, Http://localhost:5000/v3', []],
  ['http://keystone.example.org', ['isCovered']],
  ['https://keystone.example.org,HTTP://keystone.example.org', ['isCovered']],
  ['keystone.example.org', ['isHttpUrls']],
  ['https://mooring:secret@keystone.example.org', ['isHttpUrls']],
  ['http://300.1.1.1', ['isHttpUrls']],
  ['https://keystone.example.org,', ['isHttpUrls']],
  [',', ['isHttpUrls']],
])('says of %s as Keystone what is wrong with it and no more: %j', (OS_AUTH_URL, faults) =>
  expect(broken({ OS_AUTH_URL })).toEqual(faults),
);

it.each([
  ['service', []],
  ['service, nova', []],
  [',', ['areNames']],
  [' , ', ['areNames']],
  ['service,', []],
])('says of "%s" as roles of a service token what is wrong with it: %j', (SERVICE_TOKEN_ROLES, faults) =>
  expect(broken({ SERVICE_TOKEN_ROLES })).toEqual(faults),
);
