import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { decode } from '../openstack/request-body.js';
import {
  HasAnyOf,
  HasOneProperty,
  HasText,
  HasWord,
  IgnoresOthers,
  IsBooleanLike,
  IsKeySize,
  IsMadeOf,
  IsNoLongerThan,
  IsNotEmpty,
  IsOneOf,
  IsRequired,
  IsTextList,
  IsTextMap,
  IsType,
  IsUuidLike,
  IsVolumeSize,
} from '../openstack/rules.js';
import { requestSchema } from './request-schema.js';

class Inner {
  @IsUuidLike() @IsType('string') readonly id?: string;
  @IsNoLongerThan(3) @IsNotEmpty() @IsType('string', 'null') readonly name?: string | null;
}
class Strict {
  @IsRequired() @IsOneOf('rw', 'ro') @IsType('string') readonly mode: string;
  @HasAnyOf('id', 'name') @IsMadeOf(() => Inner) readonly inner?: Inner;
  @IsTextMap() @HasOneProperty() @IsType('object') readonly map?: Record<string, string>;
  @HasText('host') @IsType('object') readonly connector?: Record<string, unknown>;
  @IsBooleanLike() @IsType('boolean', 'string') readonly flag?: boolean | string;
  @IsVolumeSize() @IsType('integer', 'string', 'null') readonly size?: number | string | null;
  @IsKeySize() @IsType('integer', 'string') readonly bits?: number | string;
  @IsTextMap() @HasWord('to', ['a', 'b']) @HasText('name', 255) @IsType('object') readonly specs?: Record<string, string>;
  @IsTextList() readonly keys?: readonly string[];
}
@IgnoresOthers()
class Lenient extends Strict {}

const ajv = new Ajv2020({ strictTypes: false, strictRequired: false });
const validators = new Map([Strict, Lenient].map((type) => [type, ajv.compile(requestSchema(type))]));

function isAccepted(type: typeof Strict, body: unknown): boolean {
  try {
    decode(type, body);
    return true;
  } catch {
    return false;
  }
}
const both = (type: typeof Strict, body: unknown) => [isAccepted(type, body), validators.get(type)?.(body)];

const valid = { mode: 'rw' };
const UUID = '5d40cc43-8ee8-4dee-b0c8-26ad1b0c4ef1';

it.each<[boolean, unknown]>([
  [true, valid],
  [false, {}],
  [false, null],
  [false, []],
  [false, { mode: null }],
  [false, { mode: 'xx' }],
  [false, { ...valid, other: 1 }],
  [false, { ...valid, inner: {} }],
  [false, { ...valid, inner: 'x' }],
  [true, { ...valid, inner: { id: UUID } }],
  [true, { ...valid, inner: { id: `urn:uuid:{${UUID.replaceAll('-', '')}}` } }],
  [false, { ...valid, inner: { id: 'x' } }],
  [true, { ...valid, inner: { name: null } }],
  [false, { ...valid, inner: { name: ' ' } }],
  [true, { ...valid, inner: { name: '👍👍👍' } }],
  [false, { ...valid, inner: { name: 'four' } }],
  [false, { ...valid, inner: { name: 'a', more: 1 } }],
  [true, { ...valid, map: { a: 'b' } }],
  [false, { ...valid, map: {} }],
  [false, { ...valid, map: { a: 'b', c: 'd' } }],
  [false, { ...valid, map: { a: 1 } }],
  [false, { ...valid, map: { 'a/b': 'c' } }],
  [true, { ...valid, connector: { host: 'h', any: [1] } }],
  [false, { ...valid, connector: { host: '' } }],
  [false, { ...valid, connector: { host: 1 } }],
  [true, { ...valid, flag: 'Yes' }],
  [false, { ...valid, flag: 'maybe' }],
  [true, { ...valid, size: 1 }],
  [true, { ...valid, size: '01' }],
  [true, { ...valid, size: null }],
  [false, { ...valid, size: 0 }],
  [false, { ...valid, size: '0' }],
  [false, { ...valid, size: '1x' }],
  [false, { ...valid, size: 2 ** 31 }],
  [true, { ...valid, bits: 0 }],
  [false, { ...valid, bits: null }],
  [true, { ...valid, specs: { name: 'n', to: 'a', c: 'd' } }],
  [false, { ...valid, specs: { to: 'a' } }],
  [false, { ...valid, specs: { name: 'n', to: 'c' } }],
  [false, { ...valid, specs: { name: 'n', to: null } }],
  [false, { ...valid, specs: { name: 'n'.repeat(256) } }],
  [true, { ...valid, keys: ['a', 'b'] }],
  [true, { ...valid, keys: [] }],
  [false, { ...valid, keys: ['a', 'a'] }],
  [false, { ...valid, keys: ['a', 1] }],
  [false, { ...valid, keys: [''] }],
  [false, { ...valid, keys: 'a' }],
])('%s, say both the rules and their schema, of %j', (expected, body) => {
  expect(both(Strict, body)).toEqual([expected, expected]);
});

it.each([
  [true, 255],
  [false, 256],
])('%s, say both of a map with a value of %d characters, whatever each takes in memory', (expected, characters) => {
  expect(both(Strict, { ...valid, map: { a: '👍'.repeat(characters) } })).toEqual([expected, expected]);
});

it('what a class ignores is accepted by both', () => {
  expect(both(Lenient, { ...valid, other: 1 })).toEqual([true, true]);
});

it('what anybody may write for a UUID is one for both', () => {
  const parts = fc.constantFrom('urn:', 'UUID:', 'uuid', '-', '{', '}', 'a', 'F', '0', '12345678', UUID);
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (words) => {
      const [byRules, bySchema] = both(Strict, { ...valid, inner: { id: words.join('') } });
      return byRules === bySchema;
    }),
  );
});

it('whatever comes, the rules and their schema are of one mind', () => {
  const known = fc.constantFrom('rw', UUID, 'on', 1, '1', { host: 'h' }, { id: UUID }, { a: 'b' }, { name: 'n', to: 'a' });
  // Nine digits, since the largest number is one that the schema cannot word for text.
  const digits = fc.stringMatching(/^\d{1,9}$/);
  const long = fc.record({ a: fc.string({ unit: fc.constantFrom('👍', 'x'), minLength: 250, maxLength: 260 }) });
  const short = fc.record({ name: fc.string({ unit: fc.constantFrom('👍', '\ud83d', 'x', ' '), maxLength: 5 }) });
  const value = fc.oneof(fc.jsonValue(), known, digits, long, short);
  const keys = ['mode', 'inner', 'map', 'connector', 'flag', 'size', 'bits', 'specs', 'keys', 'other'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), value), (body) => {
      const sent = { ...valid, ...body };
      const [byRules, bySchema] = both(Strict, sent);
      return byRules === bySchema;
    }),
    { numRuns: 500 },
  );
});
