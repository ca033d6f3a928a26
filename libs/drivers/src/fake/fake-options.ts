import type { DriverErrorKind, Outcome } from '@app/domain';
import { isPlainObject, isText, isWholeNumber, type OptionRule, type OptionRules } from '../option-rules.js';

export const FAKE_METHODS = [
  'validateConnector',
  'createVolume',
  'extendVolume',
  'deleteVolume',
  'createExport',
  'removeExport',
  'initializeConnection',
  'terminateConnection',
  'settle',
] as const;
export type FakeMethod = (typeof FAKE_METHODS)[number];

/** A list: every call of these methods. An object: so many calls of each, counted per process and anew whenever the faults change. */
export type Which = readonly FakeMethod[] | Partial<Record<FakeMethod, number>>;

export interface Failure {
  message: string;
  /** `done`: the effect is there all the same. Default: unknown, and it is not there. */
  outcome?: Outcome;
  kind?: Exclude<DriverErrorKind, 'stale'>;
  /** How many calls fail; all of them unless given. */
  times?: number;
  /** Throws a plain Error, as a driver with a defect does. */
  raise?: boolean;
}

/** What goes wrong, per method. */
export interface Faults {
  /** How long a call waits before its effect: a number for every method, or one for each. */
  latencyMs?: number | Partial<Record<FakeMethod, number>>;
  /** A text alone is the message. */
  failOn?: Partial<Record<FakeMethod, string | Failure>>;
  /** Hangs before the effect: until the caller gives up, the deadline, or the faults no longer name the method. */
  hangOn?: Which;
  /** Hangs likewise, with the effect done. */
  hangAfter?: Which;
  /** Hanging calls look at neither signal nor deadline, as a frozen backend does. */
  hangDeaf?: boolean;
  /** Does the effect and answers that its outcome is unknown. */
  loseReplyOn?: Which;
}

export interface FakeOptions extends Faults {
  /** Path of the ledger, shared by all who name it; in memory, and lost with the process, when absent. */
  ledger?: string;
  /** Path of a JSON file with faults, read again before each call; it stands in for the faults of the options. */
  faultsFile?: string;
  /** The keys that a connector must have. */
  missing?: readonly string[];
}

const isMethod = (value: string): boolean => (FAKE_METHODS as readonly string[]).includes(value);
const perMethod = (value: unknown, fits: (item: unknown) => boolean): boolean =>
  isPlainObject(value) && Object.entries(value).every(([method, item]) => isMethod(method) && fits(item));
const isCount = (value: unknown): boolean => isWholeNumber(value, 0, Number.MAX_SAFE_INTEGER);
const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isWhich = (value: unknown): boolean => (isTextList(value) ? value.every(isMethod) : perMethod(value, isCount));

const FAILURE_FITS: Record<keyof Failure, (value: unknown) => boolean> = {
  message: isText,
  outcome: (value) => ['done', 'notDone', 'unknown'].includes(value as string),
  kind: (value) => ['invalidConnector', 'unavailable', 'notReady', 'failed'].includes(value as string),
  times: isCount,
  raise: (value) => typeof value === 'boolean',
};
const isFailure = (value: unknown): boolean =>
  isText(value) ||
  (isPlainObject(value) &&
    isText(value.message) &&
    Object.entries(value).every(([key, item]) => Object.hasOwn(FAILURE_FITS, key) && FAILURE_FITS[key as keyof Failure](item)));

const METHODS = `of the methods ${FAKE_METHODS.join(', ')}`;
const WHICH = `a list ${METHODS}, or an object that says how many calls of each`;

export const FAULT_OPTIONS = {
  latencyMs: {
    meaning: 'How long a call waits before its effect, in ms.',
    allowed: `a number of ms, or an object with one for each ${METHODS}`,
    fits: (value) => isCount(value) || perMethod(value, isCount),
  },
  failOn: {
    meaning: 'The methods that fail, and how.',
    allowed: `an object that gives each ${METHODS} a message or {message, outcome, kind, times, raise}`,
    fits: (value) => perMethod(value, isFailure),
  },
  hangOn: { meaning: 'The methods that hang before their effect.', allowed: WHICH, fits: isWhich },
  hangAfter: { meaning: 'The methods that hang with their effect done.', allowed: WHICH, fits: isWhich },
  hangDeaf: {
    meaning: 'Whether a hanging call ignores that its caller has given up.',
    allowed: 'true or false',
    default: 'false',
    fits: (value) => typeof value === 'boolean',
  },
  loseReplyOn: { meaning: 'The methods that do their effect and answer "unknown".', allowed: WHICH, fits: isWhich },
} satisfies Record<keyof Faults, OptionRule>;

export const FAKE_OPTIONS: OptionRules = {
  ...FAULT_OPTIONS,
  ledger: { meaning: 'Path of the file that the effects are kept in; in memory when absent.', allowed: 'the path of a file', fits: isText },
  faultsFile: {
    meaning: 'Path of a JSON file with the options above, read again before each call.',
    allowed: 'the path of a file',
    fits: isText,
  },
  missing: {
    meaning: 'The keys that a connector must have.',
    allowed: 'a list of names',
    default: '["initiator"]',
    fits: isTextList,
  },
} satisfies Record<keyof FakeOptions, OptionRule>;
