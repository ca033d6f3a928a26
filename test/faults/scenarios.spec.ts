import { loadavg } from 'node:os';
import { FIRST_SEED, FORM, isWanted } from './form';
import { checkHistory, explained } from './history/checker';
import { Installation, type Servers, startServers } from './installation';
import { readHistory } from './recorded-history';
import { type Outcome, repetition } from './repetition';
import { SCENARIOS } from './scenarios';
import { type Line, tableOf } from './summary';

/**
 * The kill tests. `npm run test:faults` runs the long form, `npm test` the short one. FAULTS_SEED and FAULTS_ONLY run one again;
 * FAULTS_HISTORY judges a history that was kept.
 */
const { FAULTS_HISTORY } = process.env;
const wanted = SCENARIOS.filter(({ name }) => isWanted(name));
const lines: Line[] = [];

let servers: Servers;
let current: { installation: Installation; times: Record<string, number> } | null = null;

/** Processes are used by one scenario after the other, as long as their configuration is the same and nothing was wrong. */
async function installationWith(times: Record<string, number>): Promise<Installation> {
  if (current && current.times !== times) await retire();
  current ??= { installation: await Installation.start(servers, times), times };
  return current.installation;
}

async function retire(): Promise<void> {
  await current?.installation.stop();
  current = null;
}

const say = (text: string) => process.stderr.write(`${text}\n`);

function tell(name: string, seed: number, { calls, errors, wholeAfterMs, notes, violations }: Outcome): void {
  for (const note of notes) say(`  ${note}`);
  const whole = `whole again after ${(wholeAfterMs / 1000).toFixed(1)} s, load ${loadavg()[0]?.toFixed(1)}`;
  say(`${name}, seed ${seed}: ${calls} calls, ${errors} of them errors of the server, ${whole}, ${violations.length} violations`);
}

if (FAULTS_HISTORY) {
  it(`the history in ${FAULTS_HISTORY} is lawful`, () => {
    expect(explained(checkHistory(readHistory(FAULTS_HISTORY)))).toBe('');
  });
} else {
  beforeAll(async () => (servers = await startServers()), 300_000);
  afterAll(async () => {
    await retire();
    await servers.broker.remove();
    await servers.postgres.remove();
    say(tableOf(lines, FORM));
  }, 120_000);

  describe.each(wanted)('$name', (scenario) => {
    it.each(Array.from({ length: FORM.repetitions }, (_, n) => FIRST_SEED + n))(
      'keeps every promise, seed %i',
      async (seed) => {
        const installation = await installationWith(scenario.times);

        const outcome = await repetition(scenario, installation, seed).catch(async (error: Error) => {
          await retire(); // nobody knows in what state it is
          throw error;
        });

        tell(scenario.name, seed, outcome);
        lines.push({ scenario: scenario.name, ...outcome });
        if (outcome.violations.length > 0) await retire();
        expect(outcome.violations).toEqual([]);
      },
      300_000,
    );
  });
}
