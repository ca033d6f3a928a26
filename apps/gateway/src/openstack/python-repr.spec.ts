import { pythonRepr, pythonStr } from './python-repr.js';

it.each([
  [null, 'None'],
  [undefined, 'None'],
  [true, 'True'],
  [false, 'False'],
  [1.5, '1.5'],
  ['x', "'x'"],
  ["it's", '"it\'s"'],
  [`it's "so"`, `'it\\'s "so"'`],
  ['a\nb\t\\', "'a\\nb\\t\\\\'"],
  ['\u0001é\u2028\u00a0', "'\\x01é\\u2028\\xa0'"],
  [[], '[]'],
  [[1, 'a', null], "[1, 'a', None]"],
  [{}, '{}'],
  [{ a: { b: [true] } }, "{'a': {'b': [True]}}"],
])('prints %p as Python does', (value, expected) => {
  expect(pythonRepr(value)).toBe(expected);
});

it('prints a string alone without quotes', () => {
  expect([pythonStr('bad'), pythonStr(null)]).toEqual(['bad', 'None']);
});
