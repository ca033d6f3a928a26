import fc from 'fast-check';
import { type Body, VERSIONS } from './api';
import { bodiesOf, chosen, pathOf, queryOf } from './asked';
import { HOSTILE_BODIES, HOSTILE_HEADERS, HOSTILE_PATHS, METHODS, PLACES_OF_TEXT, TEXT } from './hostile';
import { flawed, flaws, ODD_TEXTS, ODD_WORDS } from './odd';
import { type Shape, shapes } from './shapes';

export type Token = 'member' | 'admin' | 'reader' | 'stranger' | 'none';

/** A request that HTTP libraries can send, in the caller's own words: ids have placeholders. */
export interface Asked {
  sort: 'well-formed' | 'near-valid' | 'hostile';
  target: string;
  method: string;
  path: string;
  version: string | null;
  token: Token;
  headers: [name: string, value: string][];
  body: Body;
}
export interface Raw {
  sort: 'raw';
  shape: Shape;
}
export type Plan = Asked | Raw;

/** What is asked as the nth of a run: of the seed alone. */
export function planned(seed: number, n: number): Plan {
  const [plan] = fc.sample(plans, { seed: seed + Math.imul(n, 7919), numRuns: 1 });
  if (!plan) throw new Error('nothing was drawn');
  return plan;
}

const versions = fc.oneof({ weight: 5, arbitrary: fc.constant('3.71') }, { weight: 3, arbitrary: fc.constantFrom(...VERSIONS) });
const tokens = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Token>('admin') },
  { weight: 4, arbitrary: fc.constant<Token>('member') },
  { weight: 1, arbitrary: fc.constantFrom<Token[]>('reader', 'stranger', 'none') },
);

const TYPE: [string, string] = ['Content-Type', 'application/json'];
const headersFor = (body: Body): [string, string][] => (body ? [TYPE] : []);

const targeted = fc.record({ version: versions, target: fc.nat(10_000), token: tokens });

/** By the document nothing is wrong with it; whether it can be done is another matter. */
const wellFormed = targeted.chain(({ version, target: at, token }): fc.Arbitrary<Asked> => {
  const target = chosen(version, at);
  const bodies = bodiesOf(target, version);
  const written: fc.Arbitrary<Body> = bodies ? bodies.map((value) => ({ text: JSON.stringify(value) })) : fc.constant(null);
  return fc.record({ path: pathOf(target), query: queryOf(target, version, false), body: written }).map(({ path, query, body }) => ({
    sort: 'well-formed', target: target.name, method: target.method, path: path + query, version, token, headers: headersFor(body), body,
  })); // prettier-ignore
});

/** One or two things about it are not as they should be. */
const nearValid = targeted.chain(({ version, target: at, token }): fc.Arbitrary<Asked> => {
  const target = chosen(version, at);
  const bodies = bodiesOf(target, version);
  const spoilt = fc.array(flaws, { minLength: 1, maxLength: 2 });
  const written: fc.Arbitrary<Body> = bodies
    ? fc.tuple(bodies, spoilt).map(([value, found]) => ({ text: flawed(value, found) }))
    : fc.constant(null);
  const words = fc.constantFrom(...ODD_WORDS);
  const path = fc.oneof(
    { weight: 3, arbitrary: pathOf(target) },
    { weight: 1, arbitrary: fc.tuple(pathOf(target), words).map(([whole, word]) => whole.replace(/@[a-z]+:\d+@(?!\/v)|[^/]+$/, word)) },
    { weight: 1, arbitrary: fc.tuple(pathOf(target), words).map(([whole, word]) => `${whole}/${word}`) },
  );
  return fc.record({ path, query: queryOf(target, version, true), body: written }).map(({ path: named, query, body }) => ({
    sort: 'near-valid', target: target.name, method: target.method, path: named + query, version, token, headers: headersFor(body), body,
  })); // prettier-ignore
});

const withHostileBody = fc
  .record({ target: targeted, body: fc.constantFrom(...HOSTILE_BODIES) })
  .chain(({ target: { version, target: at, token }, body }) => {
    const target = chosen(version, at);
    return pathOf(target).map((path): Asked => ({
      sort: 'hostile',
      target: 'hostile body',
      method: target.method,
      path,
      version,
      token,
      headers: [TYPE],
      body,
    }));
  });

const withHostileText = fc
  .record({ place: fc.constantFrom(...PLACES_OF_TEXT), text: fc.constantFrom(...ODD_TEXTS), token: tokens })
  .map(({ place: [method, path, body], text, token }): Asked => ({
    sort: 'hostile',
    target: 'hostile text',
    method,
    path,
    version: '3.71',
    token,
    headers: [TYPE],
    body: { text: body.replaceAll(TEXT, () => text) },
  }));

const withHostileHeaders = fc
  .tuple(wellFormed, fc.subarray(HOSTILE_HEADERS, { minLength: 1, maxLength: 3 }))
  .map(([asked, headers]): Asked => ({ ...asked, sort: 'hostile', target: 'hostile header', headers: [...asked.headers, ...headers] }));

const withHostilePath = fc
  .record({
    path: fc.constantFrom(...HOSTILE_PATHS),
    method: fc.oneof(fc.constant('GET'), fc.constantFrom(...METHODS)),
    token: tokens,
    version: versions,
  })
  .map((asked): Asked => ({ ...asked, sort: 'hostile', target: 'hostile path', headers: [], body: null }));

const raw = shapes.map((shape): Raw => ({ sort: 'raw', shape }));

const plans: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 50, arbitrary: wellFormed },
  { weight: 24, arbitrary: nearValid },
  { weight: 7, arbitrary: withHostileBody },
  { weight: 6, arbitrary: withHostileText },
  { weight: 6, arbitrary: withHostileHeaders },
  { weight: 6, arbitrary: withHostilePath },
  { weight: 7, arbitrary: raw },
);
