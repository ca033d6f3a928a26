import { staleCall, type DriverCall } from '@app/domain';
import { stillWanted } from '../driver-call.js';

/**
 * Lets the effects on one volume happen one after the other and refuses a call that is behind a later one. It lives as long as the
 * server that it guards: a restart ends every call that could be late.
 */
export class VolumeFence {
  private readonly last = new Map<string, bigint>();
  private readonly queues = new Map<string, Promise<unknown>>();

  /** @throws stale or unavailable, not done, if by its turn a later call has come or its caller has given up. */
  async run<T>(volumeId: string, call: DriverCall, effect: () => Promise<T>): Promise<T> {
    this.see(volumeId, call.number);
    const turn = (this.queues.get(volumeId) ?? Promise.resolve()).then(() => {
      this.see(volumeId, call.number);
      stillWanted(call);
      return effect();
    });
    const over = turn.catch(() => undefined);
    this.queues.set(volumeId, over);
    void over.then(() => this.queues.get(volumeId) === over && this.queues.delete(volumeId));
    return turn;
  }

  private see(volumeId: string, number: bigint): void {
    const last = this.last.get(volumeId) ?? 0n;
    if (number < last) throw staleCall(volumeId, number, last);
    this.last.set(volumeId, number);
  }
}
