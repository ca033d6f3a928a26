import { PLANTED_BUGS, type PlantedBug } from './planted-bugs';
import { findingsOf, type Finding } from './planted-bugs.judge';
import { Site } from './planted-bugs.site';
import { Stage } from './planted-bugs.stage';

/**
 * What judges the kill tests is itself judged: a defect is planted in the built apps, and the checker, the ledger, the rows or a caller must
 * notice; without the defect the same scenario must pass. A defect that cannot be planted any more keeps its app from starting.
 */
const RESTS_WITHIN_MS = 10_000;
/** With a defect it may never rest. */
const GIVES_UP_AFTER_MS = 3_000;

/** Of the gateway's wait limit and more, on a machine that has other things to do as well. */
jest.setTimeout(120_000);

let site: Site;
beforeAll(async () => {
  site = await Site.open();
  await site.start();
}, 300_000);
afterAll(() => site.close());

it.each(PLANTED_BUGS)('$name: it is caught, and nothing is without it', async (bug) => {
  const { edits, lasts = [] } = bug;
  const clean = await played(bug, lasts, RESTS_WITHIN_MS);
  const planted = await played(bug, [...lasts, ...edits], GIVES_UP_AFTER_MS);
  process.stdout.write(`planted: ${bug.name}\n${planted.map(({ by, what }) => `  caught by the ${by}: ${firstLines(what)}\n`).join('')}`);

  expect(clean).toEqual([]);
  expect(planted.map(({ by }) => by)).toContain(bug.caughtBy);
});

async function played({ needs = {}, scenario }: PlantedBug, edits: PlantedBug['edits'], restsWithinMs: number): Promise<Finding[]> {
  const stage = await Stage.open(site, edits, needs);
  try {
    await scenario(stage);
    return await findingsOf(stage, restsWithinMs);
  } finally {
    await stage.close();
  }
}

/** Of what the checker says, what it could not explain. */
const firstLines = (what: string) => (what.split('not explained:')[1] ?? what).trim().split('\n').slice(0, 2).join(' | ').slice(0, 300);
