// The load: HTTP clients in a process of their own, so that what they cost is in no figure.
import { Agent } from 'node:http';
import { serveLoad, type WarmUp } from './closed-loop';
import { cycleOf } from './http-calls';
import type { ClientFacts, Workload } from './workloads';

export interface LoadOrder {
  url: string;
  headers: Record<string, string>;
  workload: Workload;
  /** One client each. */
  clients: ClientFacts[];
  warmUp: WarmUp;
}

serveLoad(async ({ url, headers, workload, clients }: LoadOrder) => {
  const agent = new Agent({ keepAlive: true, maxSockets: clients.length, noDelay: true });
  return {
    clients: clients.map((facts) => cycleOf({ url, headers, agent }, workload, facts)),
    end: async () => agent.destroy(),
  };
});
