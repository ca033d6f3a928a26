import type { History } from './history';
import { violationsOf } from './invariants';
import { Search } from './search';

/** `lawful`: there is an order that explains everything. `unknown` is to be looked at: it is not a pass. */
export interface Verdict {
  ok: boolean;
  seed: number;
  volumes: { id: string; calls: number; is: 'lawful' | 'unlawful' | 'unknown'; why: string }[];
  /** What is wrong whatever the model says. */
  violations: string[];
}

const SECONDS_PER_VOLUME = 5;

/** Judges a recorded history against the transition table and the guards, one volume after the other. */
export function checkHistory(history: History, secondsPerVolume = SECONDS_PER_VOLUME): Verdict {
  const violations = violationsOf(history);
  const volumes = history.volumes.map((volume) => {
    const calls = history.calls.filter((call) => call.volume === volume.id);
    const end = history.end.find(({ id }) => id === volume.id);
    if (!end) return { id: volume.id, calls: calls.length, is: 'unlawful' as const, why: 'its rows at the end are missing' };
    const outcome = new Search({ volume, calls, end }, secondsPerVolume * 1000).run();
    if (outcome.found === 'unknown') return { id: volume.id, calls: calls.length, is: outcome.found, why: 'no verdict in time' };
    return {
      id: volume.id,
      calls: calls.length,
      is: outcome.found ? ('lawful' as const) : ('unlawful' as const),
      why: outcome.found ? '' : outcome.furthest,
    };
  });
  const ok = violations.length === 0 && volumes.every(({ is }) => is === 'lawful');
  return { ok, seed: history.seed, volumes, violations };
}

/** For people: what is wrong, volume by volume; empty when nothing is. */
export const explained = ({ seed, violations, volumes }: Verdict): string =>
  [
    ...violations,
    ...volumes.filter(({ is }) => is !== 'lawful').map(({ id, calls, is, why }) => `volume ${id}, ${calls} calls: ${is}\n${why}`),
  ]
    .map((line) => `seed ${seed}: ${line}`)
    .join('\n');
