import fc from 'fast-check';
import { apiAt, type Target, VERSIONS } from './api';
import { type Kind, placeholder } from './known-ids';
import { ODD_WORDS } from './odd';
import { known, Values } from './values';

const apis = new Map(VERSIONS.map((version) => [version, apiAt(version)]));

/** What makes things is asked more often, so that there is something to ask about. */
const MAKERS = ['POST /v3/volumes', 'POST /v3/attachments', 'PUT /v3/attachments/{id}', 'POST /v3/qos-specs', 'POST /v3/types'];
const weighted = (targets: Target[]): Target[] => [
  ...targets,
  ...[1, 2, 3].flatMap(() => targets.filter(({ name }) => MAKERS.includes(name))),
];
const weightedAt = new Map([...apis].map(([version, { targets }]) => [version, weighted(targets)]));

export function chosen(version: string, target: number): Target {
  const targets = weightedAt.get(version) ?? [];
  const found = targets[target % targets.length];
  if (!found) throw new Error(`nothing can be asked at ${version}`);
  return found;
}

const KIND_OF: Record<string, Kind> = { attachments: 'attachment', volumes: 'volume', types: 'type', 'qos-specs': 'qos' };
const KEYS = { metadata: ['shelf', 'x'], extra_specs: ['multiattach', 'x'], encryption: ['cipher', 'provider', 'x'] };

/** With the ids of things that there are. */
export function pathOf({ path, method }: Target): fc.Arbitrary<string> {
  const [, , resource = '', , member = ''] = path.split('/');
  const isOfEncryption = resource === 'types' && path.endsWith('/encryption/{key}');
  const keys = KEYS[member as keyof typeof KEYS] ?? ['x'];
  const drawn = {
    id: known(isOfEncryption ? 'encrypted' : (KIND_OF[resource] ?? 'volume')),
    key: fc.constantFrom(...keys),
    inProject: fc.boolean(),
  };
  return fc.record(drawn).map(({ id, key, inProject }) => {
    const named = path
      .replace('{id}', id)
      .replace('{key}', isOfEncryption && method !== 'GET' ? id.replace('encrypted', 'encryption') : key);
    return inProject && path.startsWith('/v3/') && path !== '/v3/' ? named.replace('/v3/', '/v3/@project:0@/') : named;
  });
}

const values = new Map([...apis].map(([version, { schemas }]) => [version, new Values(schemas)]));
const valuesAt = (version: string): Values => values.get(version) ?? new Values({});

/** The example of the document names nothing that there is. */
function freshened(example: unknown): fc.Arbitrary<unknown> {
  const drawn = {
    volume: known('volume'),
    attachment: known('attachment'),
    instance: fc.nat(40),
    type: fc.oneof(known('type'), known('encrypted'), fc.constant('')),
  };
  return fc.record(drawn).map(({ volume, attachment, instance, type }) => {
    const text = JSON.stringify(example)
      .replace(/("(?:volume_uuid|new_volume)":)"[^"]*"/g, `$1"${volume}"`)
      .replace(/("attachment_id":)"[^"]*"/g, `$1"${attachment}"`)
      .replace(/("instance_uuid":)"[^"]*"/g, `$1"${placeholder('instance', instance)}"`)
      .replace('"name":"data","metadata"', type === '' ? '"metadata"' : `"volume_type":"${type}","metadata"`)
      .replace(/"(multi|gold)"/g, `"${placeholder('name', 0)}"`);
    return JSON.parse(text) as unknown;
  });
}

export function bodiesOf({ schema, example, method }: Target, version: string): fc.Arbitrary<unknown> | null {
  if (!schema || (method !== 'POST' && method !== 'PUT')) return null;
  const bySchema = valuesAt(version).of(schema);
  return example === undefined ? bySchema : fc.oneof({ weight: 3, arbitrary: freshened(example) }, { weight: 2, arbitrary: bySchema });
}

export const queryOf = ({ query, name }: Target, version: string, odd: boolean): fc.Arbitrary<string> => {
  if (query.length === 0) return fc.constant('');
  const ids = name.includes('associate') ? { vol_type_id: known('type') } : {};
  const one = fc.constantFrom(...query).chain(({ name: key, schema }) => {
    const fits =
      (ids as Record<string, fc.Arbitrary<string>>)[key] ??
      valuesAt(version)
        .of(schema)
        .map((value) => encodeURIComponent(String(value)));
    return (odd ? fc.oneof(fits, fc.constantFrom(...ODD_WORDS)) : fits).map((value) => `${key}=${value}`);
  });
  const wanted = name.includes('associate') && !odd ? { minLength: 1, maxLength: 1 } : { maxLength: odd ? 4 : 1 };
  return fc.array(one, wanted).map((pairs) => (pairs.length > 0 ? `?${pairs.join('&')}` : ''));
};
