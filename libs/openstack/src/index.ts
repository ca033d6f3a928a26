export { isAccessible } from './access-rules.js';
export { type Endpoint, urlIn } from './catalog.js';
export { KeystoneConfig } from './keystone.config.js';
export { Keystone, KeystoneUnavailable } from './keystone.js';
export { Nova, NovaError, saysAttachment } from './nova.js';
export { NovaConfig } from './nova.config.js';
export { ServiceSession } from './service-session.js';
export { TokenValidator } from './token-validator.js';
export type { Token } from './token.js';
