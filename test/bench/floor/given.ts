import type { ClientFacts } from '../workloads';

/** What a cycle is begun with, the service's and the floor's. */
export const givenOf = ({ volume, stored }: ClientFacts) => ({ volume, shown: stored[Math.floor(Math.random() * stored.length)] ?? null });
