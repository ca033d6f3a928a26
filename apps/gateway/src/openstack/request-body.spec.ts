import { decode } from './request-body.js';
import {
  HasProperties,
  HasText,
  IgnoresOthers,
  IsMadeOf,
  IsNoLongerThan,
  IsOneOf,
  IsRequired,
  IsTextMap,
  IsType,
  IsUuidLike,
  IsVolumeSize,
} from './rules.js';

class Inner {
  @IsUuidLike() @IsType('string') readonly other?: string;
  @IsRequired() @IsUuidLike() @IsType('string') readonly id: string;
  @IsOneOf('rw', 'ro') @IsType('string') readonly mode?: string;
  @HasText('host') @HasProperties() @IsType('object') readonly free?: object;
  @IsType('object', 'null') readonly maybe?: object | null;
  @IsTextMap() @IsType('object') readonly map?: object;
  @IsVolumeSize() @IsType('integer', 'string') readonly size?: number | string;
  @IsNoLongerThan(3) @IsType('string') readonly name?: string;
}
class Outer {
  @IsRequired() @IsMadeOf(() => Inner) readonly inner: Inner;
}
@IgnoresOthers()
class LenientInner extends Inner {}
class LenientOuter {
  @IsRequired() @IsMadeOf(() => LenientInner) readonly inner: LenientInner;
}

const ID = '5d40cc43-8ee8-4dee-b0c8-26ad1b0c4ef1';
const FIELD = 'Invalid input for field/attribute';
const refusal = (body: unknown) => {
  try {
    return decode(Outer, body);
  } catch (error) {
    return (error as Error).message;
  }
};

it.each([
  [undefined, "None is not of type 'object'"],
  [null, "None is not of type 'object'"],
  [[], "[] is not of type 'object'"],
  ['x', "'x' is not of type 'object'"],
  [{}, "'inner' is a required property"],
  [{ x: 1, y: 2 }, "'inner' is a required property"],
  [{ inner: { id: ID }, x: 1 }, "Additional properties are not allowed ('x' was unexpected)"],
  [{ inner: { id: ID }, x: 1, y: 1 }, "Additional properties are not allowed ('x', 'y' were unexpected)"],
  [{ inner: null }, `${FIELD} inner. Value: None. None is not of type 'object'`],
  [{ inner: { id: null } }, `${FIELD} id. Value: None. None is not of type 'string'`],
  [{ inner: { id: 'bad' } }, `${FIELD} id. Value: bad. 'bad' is not a 'uuid'`],
  [{ inner: { id: '' } }, `${FIELD} id. Value: . '' is not a 'uuid'`],
  [{ inner: {} }, `${FIELD} inner. Value: {}. 'id' is a required property`],
  [
    { inner: { id: ID, x: null } },
    `${FIELD} inner. Value: {'id': '${ID}', 'x': None}. Additional properties are not allowed ('x' was unexpected)`,
  ],
  [{ inner: { id: ID, mode: 'xx' } }, `${FIELD} mode. Value: xx. 'xx' is not one of ['rw', 'ro']`],
  [{ inner: { id: ID, mode: null } }, `${FIELD} mode. Value: None. None is not of type 'string'`],
  [{ inner: { id: ID, maybe: 'x' } }, `${FIELD} maybe. Value: x. 'x' is not of type 'object', 'null'`],
  [{ inner: { id: ID, free: {} } }, `${FIELD} free. Value: {}. {} does not have enough properties`],
  [{ inner: { id: ID, free: null } }, `${FIELD} free. Value: None. None is not of type 'object'`],
  [{ inner: { id: ID, free: { a: 1 } } }, `${FIELD} free. Value: {'a': 1}. 'host' is a required property`],
  [{ inner: { id: ID, map: { a: 1 } } }, `${FIELD} map. Value: {'a': 1}. 1 is not of type 'string'`],
  [{ inner: { id: ID, size: 0 } }, `${FIELD} size. Value: 0. 0 is less than the minimum of 1`],
  [{ inner: { id: ID, size: 'x' } }, `${FIELD} size. Value: x. 'x' does not match '^[0-9]+$'`],
  [{ inner: { id: ID, size: 3e9 } }, `${FIELD} size. Value: 3000000000. 3000000000 is greater than the maximum of 2147483647`],
  [{ inner: { id: ID, size: 1.5 } }, `${FIELD} size. Value: 1.5. 1.5 is not of type 'integer', 'string'`],
  [
    { inner: { id: ID, size: { toString: null, valueOf: 1 } } },
    `${FIELD} size. Value: {'toString': None, 'valueOf': 1}. {'toString': None, 'valueOf': 1} is not of type 'integer', 'string'`,
  ],
  [{ inner: { id: ID, name: 'long' } }, `${FIELD} name. Value: long. 'long' is too long`],
  [{ inner: { other: 'bad' }, x: 1 }, `${FIELD} other. Value: bad. 'bad' is not a 'uuid'`],
])('refuses %j', (body, text) => {
  expect(refusal(body)).toBe(text);
});

it.each([[ID], [ID.toUpperCase()], [ID.replaceAll('-', '')], [`{${ID}}`], [`urn:uuid:${ID}`]])(
  'takes %s for a uuid, and leaves it as it is',
  (id) => {
    expect(decode(Outer, { inner: { id } }).inner.id).toBe(id);
  },
);

it('gives back the very objects that are free in form', () => {
  const maybe = { deep: [{ constructor: 5 }] };

  expect(decode(Outer, { inner: { id: ID, maybe } }).inner.maybe).toBe(maybe);
});

it('a lenient class ignores what it does not name, down to the hostile', () => {
  const body: unknown = JSON.parse(`{"inner":{"id":"${ID}","__proto__":{"mode":"ro"},"constructor":1,"x":2}}`);

  expect(decode(LenientOuter, body)).toEqual({ inner: { id: ID } });
  expect(decode(LenientOuter, body).inner.mode).toBeUndefined();
});
