import type { Caller } from '@app/attachments';
import { policyRefuses } from '@app/domain';

/** @throws forbidden, with the name of the rule as Cinder's policies have it. */
export function refuseUnlessAdmin(caller: Caller, rule: string): void {
  if (!caller.isAdmin) throw policyRefuses(rule);
}
