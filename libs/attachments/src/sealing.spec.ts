import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFileFault, KeyRing, place, SEALED_COLUMNS } from './sealing.js';

const [first, second] = [randomBytes(32), randomBytes(32)];
const here = place('attachments.connector', 'a1');

it('opens what it has sealed, and no two sealings are alike', () => {
  const ring = new KeyRing([first]);
  const value = { connector: { host: 'h', ключ: '\u2028' }, credential: { secret: 's' } };

  expect(ring.open(ring.seal(value, here), here)).toEqual(value);
  expect(ring.seal(value, here)).not.toBe(ring.seal(value, here));
});

const elsewhere = SEALED_COLUMNS.flatMap((from) =>
  SEALED_COLUMNS.flatMap((to) => ['same', 'other'].map((row) => [from, to, row] as const)),
).filter(([from, to, row]) => from !== to || row !== 'same');

it.each(elsewhere)('what is sealed in %s does not open in %s of the %s row', (from, to, row) => {
  const ring = new KeyRing([first]);
  const sealed = ring.seal({ secret: 's' }, place(from, 'same'));

  expect(() => ring.open(sealed, place(to, row))).toThrow();
  expect(ring.open(sealed, place(from, 'same'))).toEqual({ secret: 's' });
});

it('opens with every key of the ring, and seals with the first', () => {
  const old = new KeyRing([first]);
  const rotated = new KeyRing([second, first]);

  expect(rotated.open(old.seal('x', here), here)).toBe('x');
  expect(() => old.open(rotated.seal('x', here), here)).toThrow('not in the ring');
});

it('refuses a text that was changed', () => {
  const ring = new KeyRing([first]);
  const sealed = ring.seal('payload', here);
  const parts = sealed.split('.');
  const bytes = Buffer.from(parts[3] ?? '', 'base64');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);

  expect(() => ring.open([...parts.slice(0, 3), bytes.toString('base64')].join('.'), here)).toThrow();
});

describe('a key file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mooring-keys-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const written = (text: string, mode = 0o600): string => {
    const path = join(folder, 'keys');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  it('holds a key in each line', () => {
    const path = written(`${first.toString('base64')}\n${second.toString('base64')}\n`);
    const both = KeyRing.fromFile(path);
    expect(both.open(new KeyRing([second]).seal('x', here), here)).toBe('x');
  });

  it.each([
    ['empty', '', 0o600, 'is empty'],
    ['short', `${randomBytes(16).toString('base64')}\n`, 0o600, 'line 1 of'],
    ['not base64', 'not a key\n', 0o600, 'line 1 of'],
    ['half right', `${first.toString('base64')}\nxyz\n`, 0o600, 'line 2 of'],
    ['readable by others', `${first.toString('base64')}\n`, 0o644, 'has mode 644'],
  ])('that is %s is refused in a sentence without the key', (_, text, mode, why) => {
    const fault = keyFileFault(written(text, mode));
    expect(fault).toContain('SECRETS_KEY_FILE');
    expect(fault).toContain(why);
    expect(fault).not.toContain(first.toString('base64'));
  });

  it('that is not there is refused in a sentence', () => {
    expect(keyFileFault(join(folder, 'nothing'))).toContain('cannot be read');
  });
});
