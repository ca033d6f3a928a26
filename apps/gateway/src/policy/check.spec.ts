import { CheckError, parseCheck } from './check.js';
import { compile, type Subject, type Target } from './evaluate.js';

const alice: Subject = { userId: 'alice', projectId: 'p1', roles: ['Member', 'reader'], isAdmin: false, systemScope: null };
const root: Subject = { userId: 'root', projectId: null, roles: ['admin'], isAdmin: true, systemScope: 'all' };

const noRules = (name: string): never => {
  throw new TypeError(name);
};
const allows = (text: string, caller: Subject = alice, target: Target = {}) => compile(parseCheck(text), noRules)(caller, target);

describe('one check', () => {
  it.each([
    ['', true],
    ['@', true],
    ['!', false],
    ['role:member', true],
    ['role:MEMBER', true],
    ['role:admin', false],
    ['is_admin:True', false],
    ['is_admin:False', true],
    ['is_admin_project:True', true],
    ['project_id:p1', true],
    ['project_id:p2', false],
    ['user_id:alice', true],
    ['system_scope:all', false],
    ['system_scope:None', true],
    ["'p1':p1", true],
    ['True:True', true],
    ['None:None', true],
    ['1:2', false],
  ])('%p allows a member of p1: %p', (text, expected) => {
    expect(allows(text)).toBe(expected);
  });

  it.each([
    ['role:member', false],
    ['is_admin:True', true],
    ['project_id:None', true],
    ['system_scope:all', true],
  ])('%p allows an administrator of the system: %p', (text, expected) => {
    expect(allows(text, root)).toBe(expected);
  });

  it.each<[string, Target, boolean]>([
    ['project_id:%(project_id)s', { project_id: 'p1' }, true],
    ['project_id:%(project_id)s', { project_id: 'p2' }, false],
    ['project_id:%(project_id)s', {}, false],
    ['user_id:%(user_id)s', { user_id: 'alice' }, true],
    ['user_id:%(user_id)s', { project_id: 'alice' }, false],
    ["'p1':%(project_id)s", { project_id: 'p1' }, true],
    ['role:%(user_id)s', { user_id: 'member' }, true],
    ['role:%(user_id)s', {}, false],
  ])('%p on %j allows a member of p1: %p', (text, target, expected) => {
    expect(allows(text, alice, target)).toBe(expected);
  });

  it.each([
    ['service_user_id:nova', 'nova', true],
    ['service_user_id:nova', 'glance', false],
    ['service_user_id:nova', null, false],
    ['service_user_id:nova', undefined, false],
  ])('%p with a service token of %p: %p', (text, serviceUserId, expected) => {
    expect(allows(text, { ...alice, serviceUserId })).toBe(expected);
  });

  it.each<[string, readonly string[] | undefined, boolean]>([
    ['service_roles:service', ['reader', 'service'], true],
    ['service_roles:service', ['Service'], false],
    ['service_roles:service', [], false],
    ['service_roles:service', undefined, false],
    ['service_roles:None', [], false],
    ['role:service', ['service'], false],
  ])('%p with a service token of the roles %j: %p', (text, serviceRoles, expected) => {
    expect(allows(text, { ...alice, ...(serviceRoles && { serviceRoles }) })).toBe(expected);
  });

  it('a token without a project is of no target, though that one has no project either', () => {
    expect(allows('project_id:%(project_id)s', root, {})).toBe(false);
    expect(allows('project_id:%(project_id)s', root, { project_id: 'None' })).toBe(false);
  });

  it('a token of another project than the admin project is told apart only where Keystone says so', () => {
    expect(allows('is_admin_project:True', { ...root, isAdminProject: false })).toBe(false);
  });
});

describe('several checks', () => {
  it.each([
    ['@ or @ and !', true],
    ['(@ or @) and !', false],
    ['! and ! or @', true],
    ['! and (! or @)', false],
    ['not ! and !', false],
    ['not (! and !)', true],
    ['not not @', true],
    ['@ and not !', true],
    ['@ AND NOT ! Or !', true],
    ['((@))', true],
    ['( @ )', true],
    ['! or (! or @) and @', true],
    ['\t@\n', true],
    ['(role:admin) or (role:member and project_id:p1)', true],
  ])('%p is %p', (text, expected) => {
    expect(allows(text)).toBe(expected);
  });

  it('a rule is what its name refers to', () => {
    const check = compile(parseCheck('rule:volume:get or !'), (name) => () => name === 'volume:get');

    expect(check(alice, {})).toBe(true);
  });
});

describe('a text that is no check is refused where it goes wrong', () => {
  it.each([
    [' ', 'at its end: expected a check'],
    ['role:a and', 'at its end: expected a check'],
    ['role:a or or role:b', 'at character 11 (or): expected a check'],
    ['and role:a', 'at character 1 (and): expected a check'],
    ['role:a role:b', 'at character 8 (role:b): expected "and", "or" or the end'],
    ['(role:a', 'at its end: expected "and", "or" or ")"'],
    ['(role:a role:b)', 'at character 9 (role:b): expected "and", "or" or ")"'],
    ['role:a)', 'at character 7 ()): expected the end, since no "(" is open'],
    ['()', 'at character 2 ()): expected a check'],
    ['not', 'at its end: expected a check'],
    ['admin', 'at character 1 (admin): expected a check'],
    ["'admin'", "at character 1 ('admin'): expected a check"],
    [':admin', 'at character 1 (:admin): expected a check'],
    ['role: admin', 'at character 1 (role:): expected a word right behind the colon'],
    ['rule:', 'at character 1 (rule:): expected a word right behind the colon'],
    [
      'domain_id:x',
      'at character 1 (domain_id): expected one of rule, role, user_id, project_id, system_scope, is_admin, is_admin_project, service_roles, service_user_id',
    ],
    ['!role:x', 'at character 1 (!role): expected one of rule'],
    ['is_admin:true', 'at character 10 (true): expected True or False'],
    ['is_admin:%(user_id)s', 'at character 10 (%(user_id)s): expected True or False'],
    ['project_id:%(tenant)s', 'at character 12 (%(tenant)s): expected one of %(project_id)s, %(user_id)s'],
    ['project_id:%(project_id)', 'at character 12 (%(project_id): expected a name without'],
    ['project_id:x-%(project_id)s', 'at character 12 (x-%(project_id)s): expected a name without'],
    ["project_id:'p1'", "at character 12 ('p1'): expected a name without"],
    ['rule:a(b', 'at character 6 (a(b): expected a name without'],
  ])('%p', (text, message) => {
    expect(() => parseCheck(text)).toThrow(CheckError);
    expect(() => parseCheck(text)).toThrow(message);
  });
});
