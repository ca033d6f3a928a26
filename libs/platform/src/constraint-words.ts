/** A rule of a config class as class-validator names it: `min` with `[1]`. */
export interface Constraint {
  name: string;
  args: readonly unknown[];
}

type Words = (args: readonly unknown[]) => string;

/** Also read by scripts/configuration-docs.mjs, so that a page and a refusal use the same words; it imports nothing for that reason. */
const WORDS: Record<string, Words> = {
  isInt: () => 'a whole number',
  isNumber: () => 'a number',
  isPositive: () => 'greater than 0',
  min: ([least]) => `at least ${String(least)}`,
  max: ([most]) => `at most ${String(most)}`,
  isBoolean: () => 'yes or no',
  isIn: ([values]) => (values as readonly unknown[]).join(' or '),
  isUrl: ([options]) => `${article(protocolsOf(options))} URL`,
  isString: () => 'a text',
  isNotEmpty: () => 'not empty',
  minLength: ([least]) => (least === 1 ? 'a text' : `a text of ${String(least)} characters or more`),
  matches: ([pattern]) => `of the form ${String(pattern)}`,
  isJSON: () => 'JSON',
  areNames: () => 'names divided by commas',
  areNetworks: () => 'addresses and networks divided by commas, such as 10.0.0.5, fd00::/8',
};

/** Whether `allowedInWords` can word it; any other rule brings a sentence of its own. */
export const hasWords = (name: string): boolean => name in WORDS;

/** What a variable may be: "a whole number, at least 0, at most 65535". */
export function allowedInWords(constraints: readonly Constraint[]): string {
  const order = Object.keys(WORDS);
  const known = constraints.filter(({ name }) => hasWords(name)).sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return known.map(({ name, args }) => WORDS[name]?.(args)).join(', ');
}

const article = (words: string) => `${/^(?:[aeiou]|http)/.test(words) ? 'an' : 'a'} ${words}`;

function protocolsOf(options: unknown): string {
  const { protocols = ['http', 'https'] } = (options ?? {}) as { protocols?: string[] };
  return protocols.map((protocol) => `${protocol}://`).join(' or ');
}
