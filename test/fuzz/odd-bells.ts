import fc from 'fast-check';
import { COMMANDS } from '@app/messaging';
import { ODD_VALUES } from './odd';

/** A message on the queue, from whoever. `isBell`: it can be read, and then nothing but the rows decide whether there is work. */
export interface OddBell {
  isBell: boolean;
  type?: string;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** What there is, so that it can be named in what was never promised. */
export interface Named {
  volume: string;
  attachment: string;
}

const GOOD_HEADERS = { 'x-schema': 1 };
const commands = fc.constantFrom(...COMMANDS);
const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** All that a bell has, about an operation that nobody has written down. */
const forged = ({ volume, attachment }: Named): fc.Arbitrary<OddBell> =>
  fc
    .record({
      type: commands,
      operation: fc.uuid(),
      volume: fc.oneof(fc.constant(volume), fc.uuid(), fc.constantFrom('*', '%', "'or''='", '../x')),
      attachment: fc.oneof(fc.constant(attachment), fc.uuid()),
      backend: fc.constantFrom('host@backend', 'bookkeeping', '#'),
      more: fc.constantFrom(
        {},
        { state: 'pending', kind: 'detach', number: 9_999 },
        { __proto__: { volumeId: volume } },
        { credential: 'x' },
      ),
    })
    .map(({ type, operation, volume: id, attachment: of, backend, more }) => ({
      isBell: true,
      type,
      headers: GOOD_HEADERS,
      body: text({ operation_id: operation, volume_id: id, attachment_id: of, backend, ...more }),
    }));

const whole = ({ volume, attachment }: Named) => ({ operation_id: 'o', volume_id: volume, attachment_id: attachment, backend: null });

const ofAnotherVersion = (named: Named): fc.Arbitrary<OddBell> =>
  fc
    .record({ type: commands, schema: fc.constantFrom<unknown>(0, 2, 1.5, -1, '1', true, null, { nested: 1 }, [1], undefined) })
    .map(({ type, schema }) => ({
      isBell: false,
      type,
      headers: schema === undefined ? {} : { 'x-schema': schema },
      body: text(whole(named)),
    }));

const ofUnknownType = (named: Named): fc.Arbitrary<OddBell> =>
  fc
    .constantFrom('', 'attachment.explode', 'ATTACHMENT.ATTACH', '__proto__', 'constructor', 'toString', 'volume', 'look-now')
    .map((type) => ({
      isBell: false,
      type,
      headers: GOOD_HEADERS,
      body: text(whole(named)),
    }));

const withOddId = (named: Named): fc.Arbitrary<OddBell> =>
  fc
    .record({
      type: commands,
      key: fc.constantFrom('operation_id', 'volume_id'),
      value: fc.constantFrom(...ODD_VALUES.filter((value) => !/^"[!-~]{1,255}"$/.test(value) || value.includes('\\'))),
    })
    .map(({ type, key, value }) => ({
      isBell: false,
      type,
      headers: GOOD_HEADERS,
      body: Buffer.from(JSON.stringify({ ...whole(named), [key]: '@' }).replace('"@"', value)),
    }));

const unreadable = (): fc.Arbitrary<OddBell> =>
  fc
    .record({
      type: commands,
      body: fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        fc
          .constantFrom('', '{', 'null', '[]', '7', '"x"', '{}', '{"__proto__":{"operation_id":"o","volume_id":"v"}}', '['.repeat(10_000))
          .map((of) => Buffer.from(of)),
        fc.constant(Buffer.alloc(200_000, 'x')),
      ),
    })
    .map((bell) => ({ isBell: false, headers: GOOD_HEADERS, ...bell }));

/** The same for the same seed. */
export const oddBells = (named: Named, seed: number, count: number): OddBell[] =>
  fc.sample(fc.oneof(forged(named), ofAnotherVersion(named), ofUnknownType(named), withOddId(named), unreadable()), {
    seed,
    numRuns: count,
  });
