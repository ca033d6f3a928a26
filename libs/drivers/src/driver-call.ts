import { backendUnavailable, type DriverCall } from '@app/domain';

/** @throws unavailable, not done: no effect may begin for a caller who has given up. */
export function stillWanted({ signal, deadline }: DriverCall): void {
  if (signal.aborted) throw backendUnavailable('the call was given up before it reached the backend', 'notDone');
  if (deadline.getTime() <= Date.now()) throw backendUnavailable('the deadline passed before the call reached the backend', 'notDone');
}
