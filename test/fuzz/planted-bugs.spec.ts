import { type Edit, underPlan } from '../faults/fault-plan';
import { currentRun } from '../support/test-run';
import { startWorld, type World } from '../support/world';
import { SEED } from './form';
import { Fuzz } from './fuzz';
import type { Finding } from './judge';

/** So many find each of them, whatever the seed. */
const ENOUGH = 2_000;

let world: World;
beforeAll(async () => (world = await startWorld({ gateways: 0 })), 120_000);
afterAll(() => world.stop());

/** One caller's requests depend on the seed alone. */
function planted(name: string, edit: Omit<Edit, 'app'>): Promise<Fuzz> {
  const more = underPlan(currentRun().folder, name, { edits: [{ ...edit, app: 'gateway' }] });
  return Fuzz.start(world, SEED, { callers: 1, more });
}

async function firstFinding(name: string, edit: Omit<Edit, 'app'>): Promise<Finding | undefined> {
  const fuzz = await planted(name, edit);
  await fuzz.upTo(ENOUGH, () => fuzz.findings.length > 0);
  await fuzz.end();
  await fuzz.gateway.end('SIGKILL');
  return fuzz.findings[0];
}

const GATE = 'apps/gateway/src/openstack/body-gate.js';

it('given nobody looks for characters that no column holds, then the error of the database is found', async () => {
  const edit = { file: GATE, find: "text.includes('\\\\u')", replace: 'false' };

  expect((await firstFinding('nul', edit))?.what).toMatch(/^500, which the contract does not name/);
}, 120_000);

it('given an answer with a key that nobody has described, then it is found', async () => {
  const file = 'apps/gateway/src/attachments/attachment.view.js';
  const edit = { file, find: 'attach_mode: attachment.attachMode,', replace: 'attach_mode: attachment.attachMode, host: null,' };

  expect((await firstFinding('key', edit))?.what).toMatch(/is not as \/openapi\.json says: .*must NOT have additional properties/s);
}, 120_000);

it('given an input that ends the process, then it is found, and found again at the same request by the same seed', async () => {
  const edit = {
    file: GATE,
    find: 'const body = parseJson(text);',
    replace: "const body = parseJson(text); if (text.includes('constructor')) process.abort();",
  };

  const [found, again] = [await firstFinding('end', edit), await firstFinding('end-again', edit)];

  expect(found).toBeDefined();
  expect(again?.n).toBe(found?.n);
}, 120_000);

it('given what is kept of every body, then memory has grown by more than a tenth', async () => {
  const replace = "const text = raw.toString('utf8'); (globalThis.kept ??= []).push(Buffer.alloc(400_000, 1));";
  const fuzz = await planted('leak', { file: GATE, find: "const text = raw.toString('utf8');", replace });
  await fuzz.upTo(300);
  const before = await fuzz.memory();

  await fuzz.upTo(900);
  const after = await fuzz.memory();
  await fuzz.end();
  await fuzz.gateway.end('SIGKILL');

  expect(after).toBeGreaterThan(before * 1.1);
}, 120_000);
