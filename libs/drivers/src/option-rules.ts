/** One option of a driver, as it is checked and as the configuration page tells of it. */
export interface OptionRule {
  meaning: string;
  /** Completes the sentence "must be …". */
  allowed: string;
  default?: string;
  required?: true;
  fits(value: unknown): boolean;
}
export type OptionRules = Readonly<Record<string, OptionRule>>;

/** All that is wrong with a driver's options: what was found and what is allowed, a sentence each. */
export function optionFaults(rules: OptionRules, options: Record<string, unknown>): string[] {
  const missing = Object.entries(rules).filter(([name, rule]) => rule.required && !Object.hasOwn(options, name));
  return [
    ...missing.map(([name, rule]) => `options.${name} is missing, but must be ${rule.allowed}.`),
    ...Object.entries(options).flatMap(([name, value]) => faultsOf(rules, name, value)),
  ];
}

function faultsOf(rules: OptionRules, name: string, value: unknown): string[] {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (!rule) return [`options.${name} is unknown; allowed are ${Object.keys(rules).join(', ')}.`];
  return rule.fits(value) ? [] : [`options.${name} is ${shown(value)}, but must be ${rule.allowed}.`];
}

/** A value as an operator wrote it, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
export const isWholeNumber = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
