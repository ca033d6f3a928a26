import { StartError } from '@app/domain';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { allowedInWords, type Constraint, hasWords } from './constraint-words.js';
import { HIDDEN, withoutPasswords, withoutUser } from './redact.js';

type ConfigClass = new () => object;
type Loaded<C extends Record<string, ConfigClass>> = { [Part in keyof C]: InstanceType<C[Part]> };
type Environment = Readonly<Record<string, string | undefined>>;

/** Every fault of the whole configuration, each a sentence that names the variable, what was found and what is allowed. */
export class ConfigError extends StartError {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/**
 * Reads each class from the environment: a variable has the name of its property, the initialisers are the defaults, an empty value counts as
 * none, and what no class names is ignored.
 * @throws ConfigError with the faults of all classes at once.
 */
export function loadConfig<C extends Record<string, ConfigClass>>(classes: C, environment: Environment): Loaded<C> {
  const parts = Object.entries(classes).map(([part, Class]) => [part, read(Class, environment)] as const);
  const faults = parts.flatMap(([, config]) => faultsOf(config));
  if (faults.length > 0) throw new ConfigError([...new Set(faults)]);
  return Object.fromEntries(parts) as Loaded<C>;
}

function read(Class: ConfigClass, environment: Environment): object {
  const config = new Class() as Record<string, unknown>;
  for (const [variable, constraints] of constraintsOf(config)) {
    const text = environment[variable]?.trim();
    if (text) config[variable] = converted(text, typeOf(config, variable, constraints));
  }
  return config;
}

function faultsOf(config: object): string[] {
  const constraints = constraintsOf(config);
  return validateSync(config, { forbidUnknownValues: false }).flatMap((error) =>
    faultsOfVariable(error, constraints.get(error.property) ?? []),
  );
}

/** A rule that has no words here says itself, in whole sentences, what is wrong: where nothing is set it knows best, else only what is worded nowhere. */
function faultsOfVariable({ property, value, constraints: broken = {} }: ValidationError, rules: Constraint[]): string[] {
  const own = Object.entries(broken).filter(([name]) => !hasWords(name));
  const worded = own.length < Object.keys(broken).length;
  if (own.length === 0 || (worded && value !== undefined))
    return [`${property} is ${shown(property, value)}, but must be ${allowedInWords(rules)}.`];
  return own.flatMap(([, message]) => message.replace(' is undefined', ' is not set').split('\n'));
}

type Kind = 'number' | 'boolean' | 'string';

const NUMERIC = ['isInt', 'isNumber', 'isPositive', 'min', 'max'];

/** The initialiser tells, else the rules: the declared type is not there at run time for a property whose type is inferred. */
function typeOf(config: Record<string, unknown>, variable: string, constraints: Constraint[]): Kind {
  const initial = typeof config[variable];
  if (initial === 'number' || initial === 'boolean') return initial;
  if (constraints.some(({ name }) => NUMERIC.includes(name))) return 'number';
  return constraints.some(({ name }) => name === 'isBoolean') ? 'boolean' : 'string';
}

const BOOLEANS: Record<string, boolean> = { yes: true, true: true, '1': true, no: false, false: false, '0': false };

/** What cannot be converted stays a text, which the rules then refuse. */
function converted(text: string, kind: Kind): unknown {
  if (kind === 'number') return /^[+-]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
  if (kind === 'boolean') return BOOLEANS[text.toLowerCase()] ?? text;
  return text;
}

function constraintsOf(config: object): Map<string, Constraint[]> {
  const all = getMetadataStorage().getTargetValidationMetadatas(config.constructor, '', false, false);
  const found = new Map<string, Constraint[]>();
  for (const { propertyName, name, constraints } of all) {
    const of = found.get(propertyName) ?? [];
    if (name !== undefined) of.push({ name, args: (constraints as unknown[] | undefined) ?? [] });
    found.set(propertyName, of);
  }
  return found;
}

const MOST_SHOWN = 80;

function shown(variable: string, value: unknown): string {
  if (value === undefined) return 'not set';
  if (/(?:SECRET|PASSWORD|TOKEN|KEY)S?$/.test(variable)) return HIDDEN;
  const given = typeof value === 'string' ? value : JSON.stringify(value);
  const text = /(?:URL|URI|ENDPOINT)$/.test(variable) ? withoutUser(given) : withoutPasswords(given);
  return JSON.stringify(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
}
