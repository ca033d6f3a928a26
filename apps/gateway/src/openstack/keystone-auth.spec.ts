import { KeystoneConfig } from '@app/openstack';
import { loadConfig } from '@app/platform';

const PASSWORD = { OS_USERNAME: 'cinder', OS_PROJECT_NAME: 'service', OS_PASSWORD: 'p' };
const HTTPS = { OS_AUTH_URL: 'https://keystone:5000' };
const faultOf = (environment: Record<string, string>): string | null => {
  try {
    loadConfig({ keystone: KeystoneConfig }, environment);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

it.each<[string, Record<string, string>, RegExp | null]>([
  ['a password', { ...HTTPS, ...PASSWORD }, null],
  ['a file with the password', { ...HTTPS, OS_USERNAME: 'c', OS_PROJECT_NAME: 's', OS_PASSWORD_FILE: '/p' }, null],
  ['an application credential', { ...HTTPS, OS_APPLICATION_CREDENTIAL_ID: 'i', OS_APPLICATION_CREDENTIAL_SECRET: 's' }, null],
  [
    'an application credential and a file',
    { ...HTTPS, OS_APPLICATION_CREDENTIAL_ID: 'i', OS_APPLICATION_CREDENTIAL_SECRET_FILE: '/s' },
    null,
  ],
  ['an application credential alone', { ...HTTPS, OS_APPLICATION_CREDENTIAL_ID: 'i' }, /^OS_APPLICATION_CREDENTIAL_SECRET /],
  [
    'no password',
    { ...HTTPS, OS_USERNAME: 'c', OS_PROJECT_NAME: 's' },
    /^OS_PASSWORD is not set: set it, or OS_PASSWORD_FILE, or OS_APPLICATION_CREDENTIAL_ID in their place\.$/,
  ],
  ['nothing', {}, /^OS_AUTH_URL is not set.*\nOS_USERNAME .*\nOS_PASSWORD .*\nOS_PROJECT_NAME .*$/],
  ['http on this machine', { ...PASSWORD, OS_AUTH_URL: 'http://127.0.0.1:5000, http://localhost/v3' }, null],
  ['http elsewhere', { ...PASSWORD, OS_AUTH_URL: 'https://k:5000,http://keystone:5000' }, /^OS_AUTH_URL leaves this machine without TLS/],
  ['http elsewhere on purpose', { ...PASSWORD, OS_AUTH_URL: 'http://keystone:5000', KEYSTONE_ALLOW_PLAIN: 'yes' }, null],
  [
    'a URL with a password',
    { ...PASSWORD, OS_AUTH_URL: 'https://me:secret@keystone:5000' },
    /^OS_AUTH_URL is "https:\/\/[*]+@keystone:5000", but must be a URL/,
  ],
  [
    'a URL with an odd password',
    { ...PASSWORD, OS_AUTH_URL: 'https://me:se@cret/@keystone:5000' },
    /^OS_AUTH_URL is "https:\/\/\*\*\*@keystone:5000", but must be a URL/,
  ],
  [
    'a password in what callers are told',
    { ...HTTPS, ...PASSWORD, WWW_AUTHENTICATE_URI: 'https://me:secret@keystone' },
    /^WWW_AUTHENTICATE_URI is "https:\/\/[*a-z:]+@keystone", but must be/,
  ],
  ['what is no URL', { ...PASSWORD, OS_AUTH_URL: 'keystone:5000' }, /^OS_AUTH_URL is "keystone:5000", but must be a URL[^\n]*$/],
])('is configured by %s', (_, environment, fault) => {
  if (fault === null) expect(faultOf(environment)).toBeNull();
  else expect(faultOf(environment)).toMatch(fault);
});
