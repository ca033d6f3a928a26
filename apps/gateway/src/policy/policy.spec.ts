import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '@app/domain';
import { validateSync } from 'class-validator';
import { PolicyConfig } from './policy.config.js';
import { Policy, type RuleName, type Subject } from './policy.js';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
const path = join(folder, 'policy.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const policy = (changes: Partial<PolicyConfig> = {}) => Policy.from(Object.assign(new PolicyConfig(), changes));
const legacy = { ENFORCE_NEW_DEFAULTS: 'false' };

function withFile(text: string, changes: Partial<PolicyConfig> = {}): Policy {
  writeFileSync(path, text);
  return policy({ ...changes, POLICY_FILE: path });
}

function refusalOf(text: string): string[] {
  try {
    withFile(text);
  } catch (error) {
    expect(error).toBeInstanceOf(StartError);
    return (error as StartError).message.replaceAll(path, 'FILE').split('\n');
  }
  return [];
}

const caller = (roles: string[], more: Partial<Subject> = {}): Subject => ({
  userId: 'u',
  projectId: 'p1',
  roles,
  isAdmin: roles.includes('admin'),
  systemScope: null,
  ...more,
});

const own = { project_id: 'p1' };
const others = { project_id: 'p2' };

describe('the defaults', () => {
  it.each<[RuleName, string, boolean, boolean]>([
    ['volume:attachment_create', 'reader', false, true],
    ['volume:attachment_update', 'reader', false, true],
    ['volume:attachment_update', 'member', true, true],
    ['volume:attachment_delete', 'foo', false, true],
    ['volume:attachment_complete', 'admin', true, true],
    ['volume:get', 'reader', true, true],
    ['volume:get', 'foo', false, true],
    ['volume:create', 'foo', false, true],
    ['volume_extension:type_get', 'foo', false, true],
    ['volume_extension:type_create', 'member', false, false],
    ['volume_extension:volume_type_encryption:get', 'admin', true, true],
    ['volume_extension:volume_admin_actions:reset_status', 'member', false, false],
  ])('%s allows the role %s in its project: %p, and with the older ones: %p', (rule, role, now, formerly) => {
    expect(policy().allows(rule, caller([role]), own)).toBe(now);
    expect(policy(legacy).allows(rule, caller([role]), own)).toBe(formerly);
  });

  it.each([{}, legacy])('let administrators into every project, and nobody else (%j)', (changes) => {
    expect(policy(changes).allows('volume:attachment_delete', caller(['admin']), others)).toBe(true);
    expect(policy(changes).allows('volume:attachment_delete', caller(['member', 'reader']), others)).toBe(false);
  });

  it('an administrator of the system is one without a project, and a reader of the system is none', () => {
    const ofSystem = { projectId: null, systemScope: 'all' } as const;

    expect(policy().allows('volume:attachment_update', caller(['admin'], ofSystem), own)).toBe(true);
    expect(policy().allows('volume:get', caller(['reader'], ofSystem), own)).toBe(false);
  });

  it('an administrator is who has the role admin, however it is spelled', () => {
    expect(policy().isAdmin(['Admin'])).toBe(true);
    expect(policy().isAdmin(['member'])).toBe(false);
  });
});

describe("the operator's file", () => {
  it('takes the place of a default, and of the older one too', () => {
    const ruled = withFile('"volume:get": "role:auditor"\n', legacy);

    expect(ruled.allows('volume:get', caller(['auditor']), others)).toBe(true);
    expect(ruled.allows('volume:get', caller(['reader']), own)).toBe(false);
  });

  it('may be JSON', () => {
    expect(withFile('{"volume:get": "!"}').allows('volume:get', caller(['admin']), own)).toBe(false);
  });

  it.each(['', '# "volume:get": "!"\n', '{}'])('may say nothing: %p', (text) => {
    expect(withFile(text).allows('volume:get', caller(['reader']), own)).toBe(true);
  });

  it('may have rules of its own, where another one refers to them', () => {
    const ruled = withFile('"auditors": "role:auditor"\n"volume:get": "rule:auditors or rule:xena_system_admin_or_project_reader"');

    expect(ruled.allows('volume:get', caller(['auditor']), others)).toBe(true);
    expect(ruled.allows('volume:get', caller(['reader']), own)).toBe(true);
  });

  it('may change what other rules refer to', () => {
    const ruled = withFile('"admin_api": "role:storage_admin"');

    expect(ruled.allows('volume_extension:type_create', caller(['storage_admin']), {})).toBe(true);
    expect(ruled.allows('volume_extension:type_create', caller(['admin']), {})).toBe(false);
  });

  it('says who an administrator is, by more than roles if it likes', () => {
    const ruled = withFile('"context_is_admin": "role:admin and project_id:p0"');

    expect(ruled.isAdmin(['admin'])).toBe(false);
    expect(ruled.isAdmin(['admin'], { projectId: 'p1' })).toBe(false);
    expect(ruled.isAdmin(['admin'], { projectId: 'p0' })).toBe(true);
  });

  it('that is wrong is refused with all its faults at once', () => {
    const text = [
      '"volume:gett": "@"',
      '"volume:get": "role:reader and"',
      '"volume:get_all": "rule:admin_ap"',
      '"volume:create": "rule:one"',
      '"one": "rule:two or @"',
      '"two": "not rule:one"',
      '"volume:delete":',
      '"volume:update": !',
      '"volume:extend": ["role:member"]',
    ].join('\n');

    expect(refusalOf(text)).toEqual([
      'POLICY_FILE: volume:delete is null, but must be a check string; "" allows everybody.',
      'POLICY_FILE: what volume:update is begins with a bare "!", which YAML keeps for itself: put quotes around the check string.',
      'POLICY_FILE: volume:extend is ["role:member"], but must be a check string; "" allows everybody.',
      'POLICY_FILE: there is no rule volume:gett, and no rule refers to it; the nearest is volume:get.',
      'POLICY_FILE: volume:get is "role:reader and": at its end: expected a check, such as role:member.',
      'POLICY_FILE: volume:get_all refers to rule:admin_ap, which is not there; the nearest is admin_api.',
      'POLICY_FILE: one → two → one is a circle of rules that refer to each other.',
    ]);
  });

  it('that refers to a rule of its own in a check string which is wrong hears of that alone', () => {
    expect(refusalOf('"auditors": "role:auditor"\n"volume:get": "(rule:auditors"')).toEqual([
      expect.stringContaining('volume:get is "(rule:auditors": at its end: expected "and", "or" or ")"'),
    ]);
  });

  it('may be Cinder’s: what is not here is passed over, whatever stands there, with what it alone refers to', () => {
    const ruled = withFile(
      [
        '"backup:create": "rule:keepers and domain_id:x"',
        '"keepers": "role:keeper or rule:nowhere"',
        '"volume:create_snapshot": "rule:auditors"',
        '"volume:get": "rule:auditors"',
        '"auditors": "role:auditor"',
        '"default": "rule:admin_or_owner"',
        '"message:get": []',
        '"message:delete": !',
      ].join('\n'),
    );

    expect(ruled.passedOver).toEqual(['backup:create', 'keepers', 'volume:create_snapshot', 'default', 'message:get', 'message:delete']);
    expect(ruled.allows('volume:get', caller(['auditor']), others)).toBe(true);
    expect(ruled.allows('volume:get', caller(['reader']), own)).toBe(false);
  });

  it('may refer to a rule of Cinder’s that it gives itself', () => {
    const ruled = withFile('"volume:delete": "rule:volume:force_delete"\n"volume:force_delete": "role:keeper"');

    expect(ruled.passedOver).toEqual([]);
    expect(ruled.allows('volume:delete', caller(['keeper']), own)).toBe(true);
    expect(refusalOf('"volume:delete": "rule:volume:force_delete"\n"volume:force_delete": []')).toEqual([
      expect.stringContaining('volume:force_delete is "[]": at character 1 ([]): expected a check'),
    ]);
  });

  it.each([
    ['admin_or_ovner', 'there is no rule admin_or_ovner, and no rule refers to it; the nearest is admin_or_owner.'],
    ['context_is_admins', 'there is no rule context_is_admins, and no rule refers to it; the nearest is context_is_admin.'],
    ['nosuch:thing', 'there is no rule nosuch:thing, and no rule refers to it.'],
    ['backup:creat', 'there is no rule backup:creat, and no rule refers to it; the nearest is backup:create.'],
    [
      'volume_extension:types_manage',
      'volume_extension:types_manage has become several rules: write volume_extension:type_create, volume_extension:type_update, volume_extension:type_delete in its place.',
    ],
  ])('that names %s is refused', (name, sentence) => {
    expect(refusalOf(JSON.stringify({ [name]: '!' }))).toEqual([`POLICY_FILE: ${sentence}`]);
  });

  it('may have names of its own that nothing refers to', () => {
    const ruled = withFile(
      '"is_owner_or_member": "rule:is_member or role:owner"\n"is_member": "role:member"\n"volume:get": "rule:is_member"',
    );

    expect(ruled.passedOver).toEqual(['is_owner_or_member']);
    expect(ruled.allows('volume:get', caller(['member']), others)).toBe(true);
  });

  it.each([
    ['"volume:get": "rule:nosuch"', 'POLICY_FILE: volume:get refers to rule:nosuch, which is not there.'],
    ['"admin_api": "rule:admin_api"', 'POLICY_FILE: admin_api → admin_api is a circle of rules that refer to each other.'],
    ['"a": "rule:b"\n"b": "role:x or not rule:a"', 'POLICY_FILE: a → b → a is a circle of rules that refer to each other.'],
    [
      '"backup:get": "(rule:backup:create)"\n"backup:create": "domain_id:x or rule:backup:get"',
      'POLICY_FILE: backup:get → backup:create → backup:get is a circle of rules that refer to each other.',
    ],
    ['[]', /^POLICY_FILE: FILE must hold a YAML or JSON object of check strings/],
    ['word', /^POLICY_FILE: FILE must hold a YAML or JSON object of check strings/],
    ['{', /^POLICY_FILE: FILE is no YAML: .* line 1, column \d+\.$/],
    ['"volume:get": "@"\n"volume:get": "!"', /^POLICY_FILE: FILE is no YAML: Map keys must be unique at line 2/],
    ['"volume:get": *reader', /^POLICY_FILE: FILE is no YAML: Unresolved alias/],
    ['"volume:get": !role:reader', /^POLICY_FILE: FILE is no YAML: Unresolved tag/],
  ])('%p is refused in a sentence', (text, sentence) => {
    const refused = refusalOf(text);

    expect(refused).toEqual([typeof sentence === 'string' ? sentence : expect.stringMatching(sentence)]);
  });

  it('that is not there is refused in a sentence', () => {
    expect(() => policy({ POLICY_FILE: join(folder, 'absent') })).toThrow(/^POLICY_FILE: .*absent cannot be read \(ENOENT\)\.$/);
  });
});

it.each([
  [{}, 0],
  [{ POLICY_FILE: '/etc/mooring/policy.yaml', ENFORCE_NEW_DEFAULTS: 'false' }, 0],
  [{ ENFORCE_NEW_DEFAULTS: 'sometimes' }, 1],
])('the configuration %j has %i faults', (changes, count) => {
  expect(validateSync(Object.assign(new PolicyConfig(), changes))).toHaveLength(count);
});
