import { parseBody, readableBody } from './body-gate.js';

const malformed = expect.objectContaining({ kind: 'invalid', message: 'Malformed request body' }) as Error;
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const caught = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

it.each([
  ['{x'],
  [''],
  ['{"a":"\\u0000"}'],
  ['{"\\u0000":1}'],
  ['{"a":["\\ud800"]}'],
  [nested(33)],
  [`{"a":${nested(32)}}`],
  [nested(5000)],
  ['\ufeff{}'],
])('refuses %.40s', (text) => {
  expect(caught(() => parseBody(Buffer.from(text)))).toEqual(malformed);
});

it('refuses bytes that are no UTF-8', () => {
  expect(caught(() => parseBody(Buffer.from([0x22, 0xff, 0x22])))).toEqual(malformed);
});

it.each([['null'], ['{"a":"\\u00e9\\ud83d\\ude00"}'], ['{"constructor":5}'], [nested(32)]])('lets %s pass', (text) => {
  expect(parseBody(Buffer.from(text))).toEqual(JSON.parse(text));
});

it.each([
  ['application/json', true],
  ['Application/JSON; charset=utf-8', true],
  ['application/vnd.openstack.volume+json', true],
  [undefined, false],
])('reads a body of type %p: %p', (type, read) => {
  expect(readableBody(Buffer.from('{}'), type) !== undefined).toBe(read);
});

it('refuses another type, but only if there is a body', () => {
  expect(caught(() => readableBody(Buffer.from('x'), 'text/plain'))).toMatchObject({ kind: 'unsupportedMediaType' });
  expect(readableBody(Buffer.alloc(0), 'text/plain')).toBeUndefined();
});
