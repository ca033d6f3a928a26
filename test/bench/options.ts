import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { IDENTITIES, type IdentityKind } from './identity';
import { type Workload, WORKLOADS } from './workloads';

/** The checkout that this harness is part of. */
export const HERE = join(__dirname, '..', '..');
export const PROFILES = join(HERE, 'bench-profiles');

export interface Options {
  /** The checkout whose apps are measured. */
  root: string;
  seconds: number;
  warmUp: number;
  warmCycles: number;
  workloads: Workload[];
  concurrency: number[];
  /** How many attachments are stored for a list; everything else runs on `stored`. */
  lists: number[];
  stored: number;
  /** Which of the two apps writes a CPU profile of each window. */
  profile: 'gateway' | 'worker' | null;
  json: string | null;
  floor: boolean;
  statements: boolean;
  /** How the gateway knows its callers. */
  identity: IdentityKind;
  compare: string | null;
  runs: number;
}

export const USAGE = `npm run bench -- [options]
  --seconds 10            the window that is measured, for each cell
  --warm-up 5             seconds of load before it
  --warm-cycles 300       and at least so many cycles of it, if they come within two minutes
  --only attach-cycle,..  of ${Object.keys(WORKLOADS).join(', ')}
  --concurrency 1,8,32
  --lists 0,10000,100000  how many attachments are stored for a list
  --stored 10000          and for everything else
  --no-floor              without the bare statements and queue round trips
  --json <file>           the figures as JSON, beside the table
  --profile gateway       or worker: its CPU profile, into the folder bench-profiles
  --statements            what each statement costs PostgreSQL in the attach-cycle (pg_stat_statements; it costs time itself)
  --identity keystone     callers by a real Keystone, whose answers are all known; with --compare of this checkout alone
  --compare <git-rev>     another revision and this one by turns: see --runs
  --runs 5                how often each of the two runs`;

/** @throws Error with a sentence and the usage. */
export function parseOptions(args: string[]): Options {
  try {
    return read(args);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, { cause: error });
  }
}

function read(args: string[]): Options {
  const { values } = parseArgs({ args, options: OPTIONS, allowPositionals: false });
  if (values.help) throw new Error('The bench measures gateway and worker on servers of its own; docs/performance.md says how.');
  return {
    root: values.root,
    seconds: positive('seconds', values.seconds),
    warmUp: positive('warm-up', values['warm-up']),
    warmCycles: positive('warm-cycles', values['warm-cycles']),
    workloads: values.only.split(',').map(workload),
    concurrency: values.concurrency.split(',').map((text) => positive('concurrency', text)),
    lists: values.lists.split(',').map((text) => whole('lists', text)),
    stored: positive('stored', values.stored),
    profile: values.profile === undefined ? null : app(values.profile),
    json: values.json ?? null,
    floor: !values['no-floor'],
    statements: values.statements,
    identity: identity(values.identity),
    compare: values.compare ?? null,
    runs: positive('runs', values.runs),
  };
}

/** The same cells for another run of the bench. */
export const cellArgs = ({ seconds, warmUp, warmCycles, workloads, concurrency, lists, stored }: Options): string[] =>
  Object.entries({ seconds, 'warm-up': warmUp, 'warm-cycles': warmCycles, only: workloads, concurrency, lists, stored }).flatMap(
    ([name, value]) => [`--${name}`, String(value)],
  );

const OPTIONS = {
  root: { type: 'string', default: HERE },
  seconds: { type: 'string', default: '10' },
  'warm-up': { type: 'string', default: '5' },
  'warm-cycles': { type: 'string', default: '300' },
  only: { type: 'string', default: Object.keys(WORKLOADS).join(',') },
  concurrency: { type: 'string', default: '1,8,32' },
  lists: { type: 'string', default: '0,10000,100000' },
  stored: { type: 'string', default: '10000' },
  profile: { type: 'string' },
  json: { type: 'string' },
  'no-floor': { type: 'boolean', default: false },
  statements: { type: 'boolean', default: false },
  identity: { type: 'string', default: 'noauth' },
  compare: { type: 'string' },
  runs: { type: 'string', default: '5' },
  help: { type: 'boolean', default: false },
} as const;

function workload(name: string): Workload {
  if (name in WORKLOADS) return name as Workload;
  throw new Error(`there is no workload ${name}`);
}

function identity(name: string): IdentityKind {
  const known = IDENTITIES.find((kind) => kind === name);
  if (known) return known;
  throw new Error(`--identity takes ${IDENTITIES.join(' or ')}, not ${name}`);
}

function app(name: string): 'gateway' | 'worker' {
  if (name === 'gateway' || name === 'worker') return name;
  throw new Error(`--profile takes gateway or worker, not ${name}`);
}

function whole(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${name} takes whole numbers, not ${text}`);
}

function positive(name: string, text: string): number {
  const number = whole(name, text);
  if (number > 0) return number;
  throw new Error(`--${name} takes more than 0`);
}
