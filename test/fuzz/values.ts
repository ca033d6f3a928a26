import fc from 'fast-check';
import type { JsonSchema } from './api';
import { type Kind, placeholder } from './known-ids';

/** Texts that any column holds. */
const text = (shortest = 0, longest = 24) =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: shortest, maxLength: Math.max(shortest, Math.min(longest, 24)) }),
    },
    { weight: 1, arbitrary: fc.constant('x'.repeat(Math.min(longest, 255))) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('ünïcödé', '漢字', '🦑', "'; drop table volumes; --", '<script>', '%s', '${x}', '../..', '\\', '"'),
    },
  );

export const known = (kind: Kind): fc.Arbitrary<string> =>
  fc.oneof({ weight: 7, arbitrary: fc.nat(2) }, { weight: 3, arbitrary: fc.nat(15) }).map((recency) => placeholder(kind, recency));

const ANYTHING = fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' }).filter((value) => !JSON.stringify(value).includes('__proto__'));

/** What a schema can not say of a member: whose id it is, or that nobody else may have the name. */
const BY_NAME: Record<string, fc.Arbitrary<unknown>> = {
  volume_uuid: known('volume'),
  new_volume: known('volume'),
  attachment_id: known('attachment'),
  instance_uuid: known('instance'),
};

/** Values that a schema allows. */
export class Values {
  private readonly made = new Map<string, fc.Arbitrary<unknown>>();

  constructor(private readonly schemas: Record<string, JsonSchema>) {}

  of(schema: JsonSchema): fc.Arbitrary<unknown> {
    const key = JSON.stringify(schema);
    const found = this.made.get(key) ?? this.make(schema);
    this.made.set(key, found);
    return found;
  }

  private make(schema: JsonSchema): fc.Arbitrary<unknown> {
    const {
      $ref,
      enum: words,
      type,
      oneOf,
      anyOf,
    } = schema as { $ref?: string; enum?: unknown[]; type?: string | string[]; oneOf?: JsonSchema[]; anyOf?: JsonSchema[] };
    if ($ref !== undefined) return this.of(this.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
    if ('const' in schema) return fc.constant(schema.const);
    if (words) return fc.constantFrom(...words);
    if (oneOf) return fc.oneof(...oneOf.map((one) => this.of(one)));
    if (Object.keys(schema).length === 0) return ANYTHING;
    if (type === undefined && anyOf) return fc.oneof(...anyOf.map((one) => this.of(one)));
    const types = [type ?? ['null', 'object', 'string']].flat();
    return fc.oneof(...types.map((one) => this.ofType(one, schema)));
  }

  private ofType(type: string, schema: JsonSchema): fc.Arbitrary<unknown> {
    if (type === 'null') return fc.constant(null);
    if (type === 'boolean') return fc.boolean();
    if (type === 'integer') return integerOf(schema);
    if (type === 'string') return textOf(schema);
    if (type === 'array') return this.listOf(schema);
    return this.objectOf(schema);
  }

  private listOf({ items = {}, uniqueItems = false }: JsonSchema): fc.Arbitrary<unknown> {
    const item = this.of(items as JsonSchema);
    return uniqueItems ? fc.uniqueArray(item, { maxLength: 5 }) : fc.array(item, { maxLength: 5 });
  }

  private objectOf(schema: JsonSchema): fc.Arbitrary<unknown> {
    const { properties = {}, required = [], anyOf, minProperties = 0, maxProperties = 5 } = schema as unknown as ObjectSchema;
    const members = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, BY_NAME[name] ?? this.of(of)]));
    const named = (demanded: string[]) =>
      fc.record(members, { requiredKeys: [...required, ...demanded].filter((name) => name in members) });
    const ofNames = anyOf ? fc.oneof(...anyOf.map(({ required: demanded = [] }) => named(demanded))) : named([]);
    const missing = Math.max(0, minProperties - required.length);
    const free = this.free(schema, missing, Math.max(missing, maxProperties - Object.keys(properties).length));
    return fc.tuple(ofNames, free).map(([some, more]) => ({ ...more, ...some }));
  }

  /** Members that no schema names. */
  private free(schema: JsonSchema, least: number, most: number): fc.Arbitrary<Record<string, unknown>> {
    const { additionalProperties: others = {}, propertyNames } = schema as {
      additionalProperties?: JsonSchema | false;
      propertyNames?: { pattern?: string };
    };
    if (others === false) return fc.constant({});
    const name = propertyNames?.pattern ? fc.string({ unit: fc.constantFrom(...'abXY09-_:. '), minLength: 1, maxLength: 12 }) : text(1, 12);
    return fc.dictionary(name.filter((key) => key !== '__proto__'), this.of(others), { minKeys: least, maxKeys: most, noNullPrototype: true }); // prettier-ignore
  }
}

interface ObjectSchema {
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: { required?: string[] }[];
  minProperties?: number;
  maxProperties?: number;
}

function integerOf({ minimum = -5, maximum = 2_147_483_647 }: JsonSchema): fc.Arbitrary<number> {
  const [least, most] = [Number(minimum), Number(maximum)];
  return fc.oneof(fc.integer({ min: least, max: Math.min(most, least + 9) }), fc.integer({ min: least, max: most }));
}

function textOf({ pattern, minLength = 0, maxLength = 255 }: JsonSchema): fc.Arbitrary<string> {
  if (typeof pattern !== 'string') return text(Number(minLength), Number(maxLength));
  if (pattern.includes('[uU][rR][nN]')) return known('volume');
  if (pattern.includes('\\d')) return fc.integer({ min: 1, max: 9 }).map(String);
  return fc.constantFrom('a', 'some text', 'x'.repeat(Math.min(40, Number(maxLength))));
}
