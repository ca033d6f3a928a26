import { setTimeout as pause } from 'node:timers/promises';
import type { TcpProxy } from '../support/tcp-proxy';
import { FORM } from './form';
import { whileAway } from './killed-servers';
import type { Role } from './members';
import { nothing, type Scenario, type Scene } from './scenario';

const DELAY_MS = 300;

const FAULTS = {
  cut: { begin: (link: TcpProxy) => link.cut(), lastsMs: FORM.linkFaultMs },
  slow: { begin: (link: TcpProxy) => link.slow(DELAY_MS), lastsMs: FORM.linkFaultMs },
  'half-open': { begin: (link: TcpProxy) => link.halfOpen(), lastsMs: FORM.halfOpenMs },
};

/** Those of one process, or of both. */
function linksOf({ installation, random, note }: Scene, role: Role, to: 'database' | 'broker'): TcpProxy[] {
  const members = role === 'gateway' ? installation.gateways : installation.workers;
  const hit = random.chance(0.5) ? members : [random.oneOf(members)];
  note(`links to the ${to} of ${hit.map(({ name }) => name).join(' and ')}`);
  return hit.map(({ links }) => links[to]);
}

type Fault = keyof typeof FAULTS;

/** A half-open connection is believed, and kept in its place, until an answer has not come for so long. */
const BELIEVED_MS = 12_500;

function explainedBy(faults: readonly Fault[]): Scenario['explains'] {
  if (faults.every((fault) => fault === 'slow')) return nothing;
  const believed = faults.includes('half-open') ? BELIEVED_MS : 0;
  return (call, from, to) => whileAway(call, from, Math.max(to, to - FORM.halfOpenMs + believed));
}

/** One fault, or one after the other under the same load. */
function faultyLink(role: Role, to: 'database' | 'broker', faults: readonly Fault[]): Scenario {
  return {
    name: `link ${role}-${to} ${faults.join(', ')}`,
    times: FORM.times,
    driverMs: FORM.driverMs,
    // Slow is not away, and only a gateway's database is asked by callers.
    explains: role === 'gateway' && to === 'database' ? explainedBy(faults) : nothing,
    bells: to === 'broker',
    prepare: async (scene) => {
      const links = linksOf(scene, role, to);
      return async () => {
        for (const { begin, lastsMs } of faults.map((fault) => FAULTS[fault])) {
          links.forEach(begin);
          await pause(lastsMs);
          for (const link of links) link.heal();
        }
      };
    },
  };
}

const ALL = Object.keys(FAULTS) as Fault[];

export const FAULTY_LINKS: Scenario[] = (['gateway', 'worker'] as const).flatMap((role) =>
  (['database', 'broker'] as const).flatMap((to) =>
    (FORM.name === 'short' ? [ALL] : ALL.map((fault) => [fault])).map((faults) => faultyLink(role, to, faults)),
  ),
);
