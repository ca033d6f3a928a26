import fc from 'fast-check';

/** Values that were not asked for; as JSON text, since some of them can be written and not be held. */
export const ODD_VALUES = [
  'null', 'true', '[]', '{}', '""', '0', '-1', '-0', '1.5', '1e400', '-1e400', '1e-400', '9007199254740993', '2147483648', '99999999999999999999',
  '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"\\uffff"', '"__proto__"', '"constructor"', '"NaN"', '"Infinity"', '" "', '"\\n"',
  '{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"x":1}}}', '{"toString":null,"valueOf":1,"hasOwnProperty":2}', '{"length":-1}',
  '[[[[[[]]]]]]', '[null]', '[{"$ne":null}]', '{"then":"x","toJSON":"y"}', `"${'x'.repeat(256)}"`, `"${'x'.repeat(70_000)}"`, `"${'é'.repeat(255)}"`,
  `[${Array(2_000).fill('1').join()}]`, `${'9'.repeat(400)}`, '"@volume:0@"', '"@attachment:0@"', '"1"', '"0x10"', '"１"', '"true"',
]; // prettier-ignore

export const ODD_TEXTS = ODD_VALUES.filter((value) => value.startsWith('"'));

export const ODD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '',
  ' ',
  '\u0000',
  'x',
  'id',
  'é',
  '\ud800',
  'x'.repeat(300),
];

/** Texts for where a path or a query has one. */
export const ODD_WORDS = [
  '', ' ', '0', '-1', '1e3', '٣', '99999999999999999999', 'null', 'undefined', '__proto__', 'constructor', "'", '"', '\\', ';', '%00', '%', '%zz', '%ff', '%c0%80', '%ed%a0%80',
  '%2e%2e', '%2f', '%252f', '..', '.', '%0d%0aX:1', 'a%20b', 'a+b', '@volume:0@.json', '{}', '[]', 'a&b=c', 'a=b', '*', '%25', '~', 'desc', 'asc', 'id:asc,id:desc', 'x'.repeat(300),
  '%F0%9F%A6%91', '%EF%BB%BF', 'true', 'False', '2147483648', '-2147483649', 'id:', ':asc', ',,,', '{"a":"b"}', "{'a':'b'}", '%7B%27a%27%3A%27%00%27%7D', 'new', 'detail', 'edit',
]; // prettier-ignore

/** One thing about a value that is not as it was asked for. */
export type Flaw = { how: 'replaced' | 'removed' | 'added' | 'doubled'; at: number; key: string; value: string };

export const flaws: fc.Arbitrary<Flaw> = fc.record({
  how: fc.constantFrom('replaced', 'removed', 'added', 'doubled'),
  at: fc.nat(40),
  key: fc.constantFrom(...ODD_KEYS),
  value: fc.constantFrom(...ODD_VALUES),
});

/** The JSON text of a value with flaws in it. */
export function flawed(value: unknown, found: readonly Flaw[]): string {
  return written({ left: found.map((flaw) => ({ ...flaw, at: flaw.at % nodesOf(value) })), next: 0 }, value);
}

interface Writing {
  left: Flaw[];
  next: number;
}

/** Nodes are numbered as they are written. */
function written(writing: Writing, value: unknown): string {
  const at = writing.next++;
  const flaw = writing.left.find((one) => one.at === at);
  if (flaw?.how === 'replaced') {
    writing.next += nodesOf(value) - 1;
    return flaw.value;
  }
  if (Array.isArray(value)) return `[${[...value.map((item) => written(writing, item)), ...(flaw ? [flaw.value] : [])].join()}]`;
  if (typeof value !== 'object' || value === null) return flaw ? flaw.value : JSON.stringify(value);
  return `{${membersOf(writing, value, flaw).join()}}`;
}

function membersOf(writing: Writing, value: object, flaw: Flaw | undefined): string[] {
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${written(writing, item)}`);
  if (!flaw) return members;
  if (flaw.how === 'removed') return members.slice(1);
  const key = flaw.how === 'doubled' ? (Object.keys(value)[0] ?? 'x') : flaw.key;
  return [...members, `${JSON.stringify(key)}:${flaw.value}`];
}

function nodesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + nodesOf(item), 1);
}
