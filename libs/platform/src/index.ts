export * from './data-folder.js';
export * from './fail-start.js';
export * from './lifecycle.js';
export * from './load-config.js';
export * from './log.config.js';
export * from './logger.js';
export { redact, withoutPasswords } from './redact.js';
export * from './shutdown.js';
