/** How much is run, and at which times. All of it can be set from outside, so that a repetition can be run again. */
export interface Form {
  name: 'short' | 'long';
  repetitions: number;
  clients: number;
  /** What connecting and disconnecting take in the driver. */
  driverMs: number;
  /** How long clients are at it before and behind the fault. */
  loadMs: number;
  brokerAwayMs: number;
  databaseAwayMs: number;
  linkFaultMs: number;
  halfOpenMs: number;
  times: Record<string, number>;
  /** For the scenarios of a faulty driver: waits that end before its hangs do. */
  driverTimes: Record<string, number>;
  driverFaultMs: number;
}

const PRODUCT = process.env.FAULTS_TIMES === 'product';

const SHORT: Form = {
  name: 'short',
  repetitions: 1,
  clients: 32,
  driverMs: 400,
  loadMs: 1_000,
  brokerAwayMs: 3_000,
  databaseAwayMs: 1_000,
  linkFaultMs: 1_500,
  halfOpenMs: 2_500,
  times: { DATABASE_WAIT_MS: 5_000, LEASE_MS: 1_500, BACKOFF_MS: 100, BACKOFF_LIMIT_MS: 1_000, SWEEP_INTERVAL_MS: 250 },
  driverTimes: { WAIT_LIMIT_MS: 2_500, DRIVER_TIMEOUT_MS: 4_000 },
  driverFaultMs: 5_000,
};

const LONG: Form = {
  name: 'long',
  repetitions: 10,
  clients: 32,
  driverMs: 2_000,
  loadMs: 3_000,
  brokerAwayMs: 10_000,
  databaseAwayMs: 3_000,
  linkFaultMs: 5_000,
  halfOpenMs: 10_000,
  times: PRODUCT ? {} : { LEASE_MS: 5_000, BACKOFF_MS: 500, BACKOFF_LIMIT_MS: 5_000 },
  driverTimes: { WAIT_LIMIT_MS: 8_000, DRIVER_TIMEOUT_MS: 10_000 },
  driverFaultMs: 15_000,
};

const { FAULTS_FORM, FAULTS_REPETITIONS, FAULTS_SEED, FAULTS_ONLY = '' } = process.env;
const form = FAULTS_FORM === 'long' ? LONG : SHORT;

export const FORM: Form = {
  ...form,
  repetitions: FAULTS_REPETITIONS ? Number(FAULTS_REPETITIONS) : FAULTS_SEED ? 1 : form.repetitions,
};
export const LEASE_MS = FORM.times.LEASE_MS ?? 15_000;

/** Of the first repetition; each further one counts on from it. */
export const FIRST_SEED = FAULTS_SEED ? Number(FAULTS_SEED) : Math.floor(Math.random() * 1_000_000);

/** Names of scenarios, or parts of them, divided by commas. */
export const isWanted = (scenario: string): boolean => FAULTS_ONLY === '' || FAULTS_ONLY.split(',').some((part) => scenario.includes(part));
