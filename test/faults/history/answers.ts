import type { Call } from './history';
import type { Answer } from './model';
import type { End } from './model-state';

/** Every end that nothing forbids. */
export const ANY_END: readonly End[] = ['succeeded', 'failed', 'superseded'];

/** The words in which an update and a create say that their driver has failed for good. */
const FAILED_FOR_GOOD = /^Unable to (update|create) attachment( for volume)? \(/;
const SAYS = { changedMeanwhile: 'was changed by another request', beingAttached: 'is being attached', duplicate: 'duplicate connectors' };

/**
 * Nobody knows what came of it: no answer, the wait limit, too much at once, or an error that does not say that the driver failed for good.
 * It may take effect at any later time, once, or never.
 */
export function isOpen({ answeredAt, status, told }: Call): boolean {
  if (answeredAt === null || status === null) return true;
  return status >= 500 && !FAILED_FOR_GOOD.test(told.message ?? '');
}

/** How the promise of a call may have ended, by what its caller was told. */
export function endsOf(call: Call): readonly End[] {
  if (isOpen(call)) return ANY_END;
  return ENDS[call.status ?? 0] ?? [];
}
const ENDS: Partial<Record<number, readonly End[]>> = {
  200: ['succeeded'],
  204: ['succeeded'],
  400: ['failed'], // an invalid connector
  404: ['superseded'],
  409: ['succeeded'], // and then changed by somebody else
  500: ['failed', 'superseded'],
};

/** Whether the call can only have been refused, or only looked: then it has changed nothing. */
export function changesNothing({ verb, status, told }: Call): boolean {
  if (verb === 'show') return true;
  if (status === 400) return verb === 'reserve' || verb === 'create';
  if (status === 404) return verb === 'delete' || verb === 'reserve';
  return status === 409 && told.message !== undefined && !told.message.includes(SAYS.changedMeanwhile);
}

/** Whether the model's answer is the one that the caller had. What he did not note cannot differ. */
export function fits(answer: Answer, { status, told }: Call): boolean {
  const failed = answer.status === 500 && status === 400; // the driver's word for an invalid connector
  if (answer.status !== status && !failed) return false;
  if (status === 409) return sameRefusal(answer.message ?? SAYS.changedMeanwhile, told.message);
  if (status !== 200) return true;
  return (
    same(answer.attachmentId, told.attachmentId) &&
    same(answer.attachmentStatus, told.attachmentStatus) &&
    same(answer.instance, told.instance) &&
    same(answer.host, told.host) &&
    same(answer.remaining && sorted(answer.remaining), told.remaining && sorted(told.remaining))
  );
}

const same = (model: unknown, told: unknown) => told === undefined || JSON.stringify(model) === JSON.stringify(told);
const sorted = (ids: readonly string[]) => [...ids].sort();

const sameRefusal = (model: string, told: string | undefined) =>
  told === undefined || Object.values(SAYS).every((words) => model.includes(words) === told.includes(words));
