import { until } from '../support/until';
import { startWorld, type World } from '../support/world';
import { CALLERS, IS_LONG, REQUESTS, SEED, WARM } from './form';
import { Fuzz } from './fuzz';
import { SMUGGLED } from './shapes';

/** The rest may be refused all the same: it is there no longer or not yet, belongs to somebody else, or is in another state. */
const HEALTHY_SHARE = IS_LONG ? 0.5 : 0.3;
const GROWTH = 1.1;
const STEP = 2_500;

let world: World;
let fuzz: Fuzz;
/** Memory after each step. */
const held: number[] = [];

beforeAll(async () => {
  world = await startWorld({ gateways: 0 });
  fuzz = await Fuzz.start(world, SEED, { callers: CALLERS });
  say(`fuzz: ${REQUESTS} requests of seed ${SEED}; the same again: FUZZ_SEED=${SEED} FUZZ_REQUESTS=${REQUESTS}`);
  for (let n = STEP; n < REQUESTS; n += STEP) {
    await fuzz.upTo(n);
    held.push(await fuzz.memory());
  }
  await fuzz.upTo(REQUESTS);
  await fuzz.end();
  held.push(await fuzz.memory());
  report();
}, 7_200_000);
afterAll(() => world.stop());

const say = (line: string) => process.stderr.write(`${line}\n`);

function report(): void {
  const { tally, findings } = fuzz;
  say(tally.toString());
  say(`5xx that the contract names: ${JSON.stringify(Object.fromEntries(tally.named5xx))}`);
  say(`PSS after each ${STEP} requests, in MB: ${held.map((mb) => mb.toFixed(0)).join(' ')}`);
  say(`well-formed and done: ${(tally.done * 100).toFixed(0)} %; never done: ${tally.neverDone.join(', ') || 'nothing'}`);
  for (const { n, what, plan } of findings.slice(0, 40)) say(`found at request ${n}: ${what}\n${plan}`);
}

it('no answer is an error that the contract does not name, or is off its schema', () => expect(fuzz.findings).toEqual([]));

it('nothing was carried out that stood within another request', async () => {
  expect(await world.query('select id from volumes where name = $1', [SMUGGLED])).toEqual([]);
});

it('what was well-formed was done, as far as it could be', () => {
  expect(fuzz.tally.done).toBeGreaterThan(HEALTHY_SHARE);
});

if (IS_LONG) {
  it('every route and action was done at least once', () => expect(fuzz.tally.neverDone).toEqual([]));

  it(`memory has not grown by more than a tenth since request ${WARM}`, () => {
    expect(held.at(-1)).toBeLessThanOrEqual((held[WARM / STEP - 1] ?? 0) * GROWTH);
  });
}

it('all that was promised ends, and the gateway too when it is told to', async () => {
  await until('no operation is unfinished', async () => (await world.unfinished()).length === 0, 60_000);

  expect(await fuzz.gateway.end('SIGTERM')).toBe(0);
});
