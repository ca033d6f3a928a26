import { existsSync } from 'node:fs';
import type { HealthConfig } from './health.config.js';
import type { Check } from './health.js';

/** By hand out of a load balancer, in the words of oslo.middleware's check of that name. */
export const disabledByFile = ({ HEALTHCHECK_DISABLE_FILE: file }: HealthConfig): Check[] =>
  file === undefined ? [] : [{ name: 'file', required: true, look: () => (existsSync(file) ? 'DISABLED BY FILE' : null) }];
