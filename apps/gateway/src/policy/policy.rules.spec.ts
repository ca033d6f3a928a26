import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTROLLERS } from '../gateway.module.js';
import { routesOf } from '../openapi/api-routes.js';
import { VOLUME_ACTIONS } from '../volumes/volume-actions.js';
import { Policy } from './policy.js';
import { PART_RULES } from './policy.parts.js';
import { BASE_RULES, type DeclaredCheck, type DeclaredRule, RULES, WITHOUT_A_RULE } from './policy.rules.js';
import { RULES_OF_OTHERS, SPLIT_RULES } from './rules-of-cinder.js';

const RULED = Object.entries<DeclaredRule>(RULES);

/** They are read before there is a token, so there is nobody to ask about. */
const VERSION_DOCUMENTS = ['GET /', 'POST /', 'GET /v3/'];

const routes = routesOf(CONTROLLERS).flatMap(({ verbs, path, actions }) => {
  const called = verbs.map((verb) => `${verb.toUpperCase()} ${path.replace(/^\/v3(?=\/.)/, '')}`);
  return actions ? called.flatMap((call) => [...actions.keys()].map((action) => `${call} ${action}`)) : called;
});

it('every route and every action of the gateway is asked about by exactly one rule, or by none on purpose', () => {
  const asked = [...RULED.flatMap(([, { operations }]) => operations), ...WITHOUT_A_RULE, ...VERSION_DOCUMENTS];

  expect(asked.sort()).toEqual([...routes].sort());
});

it('no volume action is without a rule', () => {
  const actions = RULED.flatMap(([, { operations }]) => operations).flatMap((call) => /^POST \/volumes.* (os-\S+)$/.exec(call)?.[1] ?? []);

  expect(actions.sort()).toEqual(Object.keys(VOLUME_ACTIONS).sort());
});

it('what Cinder alone asks is asked about nothing here', () => {
  const here = [...Object.keys(BASE_RULES), ...Object.keys(RULES), ...Object.keys(PART_RULES)];

  expect(here.filter((name) => RULES_OF_OTHERS.has(name) || name in SPLIT_RULES)).toEqual([]);
  expect(
    Object.values(SPLIT_RULES)
      .flat()
      .filter((name) => !here.includes(name)),
  ).toEqual([]);
});

describe('the page for operators', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/operations/policy.md'), 'utf8');
  const tables = page.slice(page.indexOf('## The rules'));
  const rows = tables
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  const code = (text: string) => `\`${text}\``;
  const shown = (text: string) => (text === '' ? 'everybody: `""`' : code(text));

  it('has the rules that others refer to', () => {
    const expected = Object.entries<string>(BASE_RULES).map(([name, rule]) => [code(name), code(rule)]);

    expect(rows.filter((cells) => cells.length === 2)).toEqual(expected);
  });

  it('has every rule, both defaults, and where it is asked', () => {
    const asked: [string, DeclaredCheck, string][] = [
      ...RULED.map(([name, rule]) => [name, rule, rule.operations.map(code).join(', ')] as [string, DeclaredCheck, string]),
      ...Object.entries(PART_RULES).map(([name, rule]) => [name, rule, rule.decides] as [string, DeclaredCheck, string]),
    ];
    const expected = asked.map(([name, { rule, legacy }, where]) => [
      code(name),
      shown(rule),
      legacy === undefined ? '' : shown(legacy),
      where,
    ]);

    expect(rows.filter((cells) => cells.length === 4)).toEqual(expected);
  });

  it('shows what may stand in a file', () => {
    const example = Array.from(page.matchAll(/```yaml\n([^]*?)```/g), ([, block]) => block).join('');
    const folder = mkdtempSync(join(tmpdir(), 'policy-page-'));
    const file = join(folder, 'policy.yaml');
    writeFileSync(file, example);

    const policy = Policy.from({ POLICY_FILE: file, ENFORCE_NEW_DEFAULTS: 'true' });
    rmSync(folder, { recursive: true });

    const auditor = { userId: 'u', projectId: 'p1', roles: ['auditor'], isAdmin: false, systemScope: null };
    expect(policy.allows('volume:get_volume_metadata', auditor, { project_id: 'p1' })).toBe(true);
    expect(policy.allows('volume:extend', auditor, { project_id: 'p1' })).toBe(false);
    expect(policy.allows('volume:attachment_secrets', auditor, {})).toBe(false);
    expect(policy.allows('volume:attachment_secrets', { ...auditor, serviceRoles: ['service'] }, {})).toBe(true);
  });

  it('names what no rule is asked for', () => {
    expect(page.replaceAll('\n', ' ')).toContain(`without a rule: ${WITHOUT_A_RULE.map(code).join(', ')}.`);
  });
});
