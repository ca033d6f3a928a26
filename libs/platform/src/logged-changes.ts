import { Logger } from '@nestjs/common';
import type { HealthSettings } from './health.js';

/** The log of a process whose checks are asked for: a line when one begins to fail, with what it threw, and one when it is well again. */
export function loggedChanges(): NonNullable<HealthSettings['changed']> {
  const logger = new Logger('Health');
  return (check, reason, error) => {
    if (reason === null) logger.log(`${check} is well again`);
    else if (error === undefined) logger.warn(`${check}: ${reason}`);
    else logger.warn(`${check}: ${reason}`, error);
  };
}
