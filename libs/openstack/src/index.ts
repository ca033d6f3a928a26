export { isAccessible } from './access-rules.js';
export { KeystoneConfig } from './keystone.config.js';
export { Keystone, KeystoneUnavailable } from './keystone.js';
export { ServiceSession } from './service-session.js';
export { TokenValidator } from './token-validator.js';
export type { Token } from './token.js';
