import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { BackendsConfig, parseBackends } from './backends.config.js';

const folder = mkdtempSync(join(tmpdir(), 'mooring-backends-'));
afterAll(() => rmSync(folder, { recursive: true }));

const messageOf = (entries: unknown): string => {
  try {
    parseBackends(typeof entries === 'string' ? entries : JSON.stringify(entries));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};
const fake = (facts: object = {}) => ({ name: 'node1@fake', driver: 'fake', ...facts });

it('reads a list, where the pool is the driver and options are none unless given', () => {
  const nbd = { name: 'node1@disk', pool: 'slow', driver: 'nbd', options: { folder: '/var/volumes', port: 0 } };

  expect(parseBackends(JSON.stringify([fake(), nbd]))).toEqual([{ name: 'node1@fake', pool: 'fake', driver: 'fake', options: {} }, nbd]);
});

it('reads a file', () => {
  const path = join(folder, 'backends.json');
  writeFileSync(path, JSON.stringify([fake()]));

  expect(parseBackends(path)).toHaveLength(1);
});

it.each([
  ['bad JSON', '[{', /^BACKENDS is not valid JSON \(.+\); it must be a JSON list/],
  ['no list', '{"name":"a@b"}', /^BACKENDS is \{"name":"a@b"\}, but must be a JSON list/],
  ['an empty list', '[]', /^BACKENDS is \[\], but must name one backend at least\.$/],
  ['no file', '/nowhere/backends.json', /^BACKENDS: the file "\/nowhere\/backends\.json" cannot be read \(ENOENT/],
  ['an entry that is none', [7], /^BACKENDS, entry 1, is 7, but must be an object\.$/],
  ['a bad name', [fake({ name: 'node1' })], /^BACKENDS, entry 1 \(node1\): name is "node1", but must be of the form host@backend/],
  ['a bad pool', [fake({ pool: 'a#b' })], /\(node1@fake\): pool is "a#b", but must be a name without/],
  ['an unknown driver', [fake({ driver: 'constructor' })], /driver is "constructor", but must be one of fake, nbd\.$/],
  [
    'an unknown key',
    [fake({ drivers: 1 })],
    /"drivers" is unknown; allowed are name, pool, driver, options, reportDiscardSupported, diskGeometry\.$/,
  ],
  ['a trait of no kind', [fake({ reportDiscardSupported: 'yes' })], /reportDiscardSupported is "yes", but must be true or false\.$/],
  ['a geometry that is none', [fake({ diskGeometry: 512 })], /diskGeometry is 512, but must be one of 512, 512e, 4k\.$/],
  ['options that are none', [fake({ options: [] })], /options is \[\], but must be an object\.$/],
  ['an unknown option', [fake({ options: { toString: 1 } })], /options\.toString is unknown; allowed are latencyMs, /],
  ['a fault of no method', [fake({ options: { failOn: { attach: 'x' } } })], /options\.failOn is \{"attach":"x"\}, but must be an object/],
  ['a failure of no kind', [fake({ options: { failOn: { settle: { message: 'x', kind: 'y' } } } })], /options\.failOn is .+, but must be/],
  ['a missing option', [fake({ driver: 'nbd' })], /options\.folder is missing, but must be the path of a folder\.$/],
  [
    'a bad port',
    [fake({ driver: 'nbd', options: { folder: 'x', port: '1' } })],
    /options\.port is "1", but must be an integer from 0 to 65535/,
  ],
  ['a bad portal', [fake({ driver: 'nbd', options: { folder: 'x', advertise: 'a:b:c' } })], /options\.advertise is "a:b:c", but must be/],
])('%s is a sentence that names what was found and what is allowed', (_what, entries, sentence) => {
  expect(messageOf(entries)).toMatch(sentence);
});

it('names all faults of all entries at once, a name that is there twice too', () => {
  const lines = messageOf([
    fake({ driver: 'tape' }),
    fake({ options: { latencyMs: -1 } }),
    { driver: 'nbd', options: { port: 1.5 } },
  ]).split('\n');

  expect(lines).toEqual([
    expect.stringContaining('entry 1 (node1@fake): driver is "tape"'),
    expect.stringContaining('entry 2 (node1@fake): options.latencyMs is -1'),
    expect.stringContaining('entry 3: name is undefined'),
    expect.stringContaining('entry 3: options.folder is missing'),
    expect.stringContaining('entry 3: options.port is 1.5'),
    'BACKENDS names "node1@fake" more than once, but each backend must be there once.',
  ]);
});

it.each([
  [{}, 'BACKENDS is undefined, but must be a JSON list'],
  [{ BACKENDS: '[{"name":"a@b","driver":"tape"}]' }, 'driver is "tape", but must be one of fake, nbd.'],
])('the config class says the same of %j', (environment, sentence) => {
  const [fault] = validateSync(plainToInstance(BackendsConfig, environment));

  expect(Object.values(fault?.constraints ?? {})).toEqual([expect.stringContaining(sentence)]);
  expect(validateSync(plainToInstance(BackendsConfig, { BACKENDS: JSON.stringify([fake()]) }))).toEqual([]);
});
