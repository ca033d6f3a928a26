import { type Agent, request } from 'node:http';
import type { RunCycle } from './closed-loop';
import { type Call, type ClientFacts, type Workload, WORKLOADS } from './workloads';

export interface Target {
  url: string;
  headers: Record<string, string>;
  agent: Agent;
}

/** One cycle of a workload, call by call. */
export const cycleOf = (target: Target, workload: Workload, facts: ClientFacts): RunCycle => {
  return async (timed) => {
    const cycle = WORKLOADS[workload](facts);
    for (let step = cycle.next(); !step.done;) {
      const call = step.value;
      step = cycle.next(await timed(call.name, () => answered(target, call)));
    }
  };
};

/** @throws Error unless it is the answer that was expected. */
async function answered(target: Target, call: Call): Promise<unknown> {
  const { status, text } = await exchange(target, call);
  if (status !== call.expected) throw new Error(`${call.name}: ${status} ${text.slice(0, 200)}`);
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (call.holds && !call.holds(body)) throw new Error(`${call.name}: ${status}, but not with what was expected`);
  return body;
}

function exchange({ url, headers, agent }: Target, { method, path, body }: Call): Promise<{ status: number; text: string }> {
  const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const described = { ...headers, ...(sent && { 'content-type': 'application/json', 'content-length': sent.length }) };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, agent, headers: described }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }));
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}
