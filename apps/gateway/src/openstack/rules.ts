import 'reflect-metadata';
import { ValidateBy, ValidateNested, type ValidationArguments } from 'class-validator';
import type { Schema } from '../openapi/schema.js';
import { say } from './member-schema.js';
import { pythonRepr } from './python-repr.js';
import { isUuidLike, UUID_LIKE } from './uuid.js';

/*
 * Rules for members of a request's body, worded as JSON Schema words them, since that is what Cinder's clients see (spec: attachments-api
 * §6.1). A member that is absent breaks none of them but `IsRequired`; null is a value like any other. Each says in JSON Schema too what
 * it demands: that is what the OpenAPI document is made of (decision 0024).
 */

type JsonType = 'object' | 'string' | 'null' | 'integer' | 'boolean';

export const REQUIRED = 'isRequired';

export const IsRequired = () =>
  rule(
    REQUIRED,
    {}, // said of the object that the member is in
    (value) => value !== undefined,
    ({ property }) => `'${property}' is a required property`,
  );

export const IsType = (...types: JsonType[]) =>
  rule(
    'isType',
    { type: types.length === 1 ? types[0] : types },
    (value) => types.some((type) => isOfType(value, type)),
    ({ value }) => `${pythonRepr(value)} is not of type ${types.map((type) => `'${type}'`).join(', ')}`,
  );

export const IsUuidLike = () =>
  rule('isUuidLike', { pattern: UUID_LIKE }, unlessText(isUuidLike), ({ value }) => `${pythonRepr(value)} is not a 'uuid'`);

export const IsOneOf = (...values: readonly string[]) =>
  rule(
    'isOneOf',
    { enum: values },
    (value) => values.includes(value as string),
    ({ value }) => `${pythonRepr(value)} is not one of ${pythonRepr(values)}`,
  );

export const IsNoLongerThan = (characters: number) =>
  rule(
    'isNoLongerThan',
    { maxLength: characters },
    unlessText((text) => [...text].length <= characters),
    ({ value }) => `${pythonRepr(value)} is too long`,
  );

export const IsNotEmpty = () =>
  rule(
    'isNotEmpty',
    { minLength: 1, pattern: '\\S' },
    unlessText((text) => text.trim() !== ''),
    ({ value }) => `${pythonRepr(value)} is too short`,
  );

/** At least one property. */
export const HasProperties = () =>
  rule(
    'hasProperties',
    { minProperties: 1 },
    unlessObject((value) => Object.keys(value).length > 0),
    ({ value }) => `${pythonRepr(value)} does not have enough properties`,
  );

/** One property, as the PUT of a single key has it. */
export const HasOneProperty = () =>
  rule(
    'hasOneProperty',
    { minProperties: 1, maxProperties: 1 },
    unlessObject((value) => Object.keys(value).length === 1),
    ({ value }) => `${pythonRepr(value)} ${Object.keys(value as object).length === 0 ? 'does not have enough' : 'has too many'} properties`,
  );

/** A property of a free-form object, which is kept as it came; `longest` in characters. */
export const HasText = (key: string, longest?: number) =>
  rule(
    'hasText',
    {
      properties: { [key]: { type: 'string', minLength: 1, ...(longest !== undefined && { maxLength: longest }) } },
      required: [key],
    },
    unlessObject((value) => lacking(key, value, longest) === null),
    ({ value }) => lacking(key, value as object, longest) ?? '',
  );

/** A property of a free-form object that is one of these words, where it is there. */
export const HasWord = (key: string, words: readonly string[]) =>
  rule(
    'hasWord',
    { properties: { [key]: { enum: words } } },
    unlessObject((value) => !Object.hasOwn(value, key) || words.includes(value[key] as string)),
    ({ value }) => `${pythonRepr((value as Record<string, unknown>)[key])} is not one of ${pythonRepr(words)}`,
  );

/** Texts of 1 to 255 characters, each of them once. */
export const IsTextList = () =>
  rule(
    'isTextList',
    { type: 'array', items: { type: 'string', minLength: 1, maxLength: MAX_TEXT }, uniqueItems: true },
    (value) => listFault(value) === null,
    ({ value }) => listFault(value) ?? '',
  );

/** Names and values of at most 255 characters, both text: what a metadata table holds. */
export const IsTextMap = () =>
  rule(
    'isTextMap',
    { propertyNames: { pattern: MAP_KEY.source }, additionalProperties: { type: 'string', maxLength: MAX_TEXT } },
    unlessObject((value) => offenderIn(value) === undefined),
    ({ value }) => offence(value as object),
  );

/** At least one of these properties. */
export const HasAnyOf = (...keys: readonly string[]) =>
  rule(
    'hasAnyOf',
    { anyOf: keys.map((key) => ({ required: [key] })) },
    unlessObject((value) => keys.some((key) => value[key] !== undefined)),
    ({ value }) => `${pythonRepr(said(value as object))} is not valid under any of the given schemas`,
  );

/** An instance has all the members of its class, also those that nobody named. */
const said = (value: object) => Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));

/** true, false, or one of the words that Cinder takes for them. */
export const IsBooleanLike = () =>
  rule(
    'isBooleanLike',
    { enum: BOOLEANS },
    (value) => BOOLEANS.includes(value),
    ({ value }) => `${pythonRepr(value)} is not one of ${pythonRepr(BOOLEANS)}`,
  );
const TRUE_LIKE = [true, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', 'y', 't'];
const FALSE_LIKE = [false, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no', 'n', 'f'];
const BOOLEANS: readonly unknown[] = [...TRUE_LIKE, ...FALSE_LIKE];

/** A number of GiB, or its digits, that fits the column (spec: volumes-surface §3). */
export const IsVolumeSize = () =>
  rule(
    'isVolumeSize',
    numberFrom(1),
    unlessNumber((value) => numberFault(value, 1) === null),
    ({ value }) => numberFault(value, 1) ?? '',
  );

/** A number of bits, or its digits, that fits the column. */
export const IsKeySize = () =>
  rule(
    'isKeySize',
    numberFrom(0),
    unlessNumber((value) => numberFault(value, 0) === null),
    ({ value }) => numberFault(value, 0) ?? '',
  );

/** The member is an object with members of its own, ruled by the class. */
export function IsMadeOf(type: () => new () => object): PropertyDecorator {
  return (target, key) => {
    Reflect.defineMetadata(MADE_OF, type, target, key);
    ValidateNested()(target, key);
    IsType('object')(target, key);
  };
}
const MADE_OF = Symbol('the class of a member');
export function madeOf(prototype: object, key: string): (new () => object) | undefined {
  return (Reflect.getMetadata(MADE_OF, prototype, key) as (() => new () => object) | undefined)?.();
}

/** Members that the class does not name are ignored, where they are refused otherwise. */
export const IgnoresOthers = (): ClassDecorator => (type) => Reflect.defineMetadata(LENIENT, true, type);
const LENIENT = Symbol('ignores other members');
/** Not inherited: a later microversion may be strict. */
export const ignoresOthers = (type: object): boolean => Reflect.hasOwnMetadata(LENIENT, type);

function rule(
  name: string,
  schema: Schema,
  holds: (value: unknown) => boolean,
  text: (args: ValidationArguments) => string,
): PropertyDecorator {
  const validates = ValidateBy({
    name,
    validator: {
      validate: (value: unknown) => (name === REQUIRED ? holds(value) : value === undefined || holds(value)),
      defaultMessage: (args) => (args ? text(args) : name),
    },
  });
  return (target, key) => {
    validates(target, key);
    say(target, key, schema);
  };
}

const MAX_INTEGER = 2_147_483_647;
const numberFrom = (least: number): Schema => ({ minimum: least, maximum: MAX_INTEGER, pattern: least === 0 ? '^\\d+$' : '^0*[1-9]\\d*$' });
function numberFault(value: unknown, least: number): string | null {
  if (typeof value === 'string' && !/^\d+$/.test(value)) return `${pythonRepr(value)} does not match '^[0-9]+$'`;
  const number = Number(value);
  if (!(number >= least)) return `${pythonRepr(value)} is less than the minimum of ${least}`;
  return number > MAX_INTEGER ? `${pythonRepr(value)} is greater than the maximum of ${MAX_INTEGER}` : null;
}

/** What is neither a number nor text may not even be asked for its number; it is another rule's. */
const unlessNumber = (holds: (value: unknown) => boolean) => (value: unknown) =>
  (typeof value !== 'number' && typeof value !== 'string') || holds(value);
const unlessText = (holds: (text: string) => boolean) => (value: unknown) => typeof value !== 'string' || holds(value);
const unlessObject = (holds: (value: Record<string, unknown>) => boolean) => (value: unknown) => !isPlainObject(value) || holds(value);

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function isOfType(value: unknown, type: JsonType): boolean {
  if (type === 'null') return value === null;
  if (type === 'object') return isPlainObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function lacking(key: string, value: object, longest = Infinity): string | null {
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  if (found === undefined) return `'${key}' is a required property`;
  if (typeof found !== 'string') return `${pythonRepr(found)} is not of type 'string'`;
  if (found === '') return "'' is too short";
  return [...found].length > longest ? `${pythonRepr(found)} is too long` : null;
}

const MAX_TEXT = 255;
const MAP_KEY = /^[a-zA-Z0-9\-_:. ]{1,255}$/;
const offenderIn = (value: object): [string, unknown] | undefined =>
  Object.entries(value as Record<string, unknown>).find(
    ([key, item]) => !MAP_KEY.test(key) || typeof item !== 'string' || [...item].length > MAX_TEXT,
  );

function listFault(list: unknown): string | null {
  if (!Array.isArray(list)) return `${pythonRepr(list)} is not of type 'array'`;
  const odd: unknown = list.find((item) => typeof item !== 'string' || item === '' || item.length > MAX_TEXT);
  if (odd !== undefined)
    return `${pythonRepr(odd)} ${typeof odd !== 'string' ? "is not of type 'string'" : odd === '' ? 'is too short' : 'is too long'}`;
  return new Set(list).size < list.length ? `${pythonRepr(list)} has non-unique elements` : null;
}

function offence(map: object): string {
  const [key, item] = offenderIn(map) ?? ['', ''];
  if (!MAP_KEY.test(key)) return `${pythonRepr(key)} does not match any of the regexes: '^[a-zA-Z0-9-_:. ]{1,255}$'`;
  return typeof item === 'string' ? `${pythonRepr(item)} is too long` : `${pythonRepr(item)} is not of type 'string'`;
}
