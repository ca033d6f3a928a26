import { join } from 'node:path';
import { Pool, types } from 'pg';
import type { WarmUp } from '../closed-loop';
import type { ClientFacts } from '../workloads';
import type { Program } from './program';
import type { Hands } from './replay';

/** All that the floor of one workload is made of. */
export interface Floor {
  gateway: Program;
  /** By the type of the message that it answers; empty where the worker has no part. */
  worker: Record<string, Program>;
  /** Where the worker is delivered its messages, and how many at a time; null where it has no part. */
  queue: { name: string; prefetch: number } | null;
  /** Of each connection to PostgreSQL, as each of the apps asks for it. */
  sessions: Record<'gateway' | 'worker', string>;
}

export interface FloorServers {
  databaseUrl: string;
  amqpUrl: string;
  floor: Floor;
}

export interface FloorOrder extends FloorServers {
  clients: ClientFacts[];
  warmUp: WarmUp;
}

/** As many connections as each of the apps has. */
const POOL_SIZE = 10;

export const FLOOR_GATEWAY = join('floor', 'floor-gateway.ts');
export const FLOOR_WORKER = join('floor', 'floor-worker.ts');

// Times as PostgreSQL writes them, which it also reads: the cheapest way to hand one on.
const parserOf = ((oid: number, format?: 'text') =>
  oid === (types.builtins.TIMESTAMPTZ as number)
    ? (text: string) => text
    : (types.getTypeParser(oid, format) as unknown)) as typeof types.getTypeParser;

export const poolOf = ({ databaseUrl, floor }: FloorServers, app: keyof Floor['sessions']): Pool =>
  new Pool({
    connectionString: databaseUrl,
    max: POOL_SIZE,
    idleTimeoutMillis: 0,
    options: floor.sessions[app],
    types: { getTypeParser: parserOf },
  });

export const queryOn = (pool: Pool): Hands['query'] => {
  return async (text, values, name) => (await pool.query(name === null ? { text, values } : { text, values, name })).rows as unknown[];
};
