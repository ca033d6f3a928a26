import type { Project, User } from '../../../support/identities';
import type { KeystoneWorld } from '../../../support/keystone-world';

/** Whose it is: the personas' project, one that none of them is of but two strangers, one where nobody of them is, and none. */
export type Where = 'here' | 'of strangers' | 'elsewhere';

/** Cinder's own twelve (spec: attachments-api §3.1): a role, and where it is held; null: in the whole system. */
const PERSONAS = {
  legacy_admin: ['admin', 'of strangers'],
  legacy_owner: ['a_role_that_no_rule_names', 'here'],
  system_admin: ['admin', null],
  system_member: ['member', null],
  system_reader: ['reader', null],
  system_foo: ['foo', null],
  project_admin: ['admin', 'here'],
  project_member: ['member', 'here'],
  project_reader: ['reader', 'here'],
  project_foo: ['foo', 'here'],
  other_project_member: ['member', 'of strangers'],
  other_project_reader: ['reader', 'of strangers'],
} as const satisfies Record<string, [role: string, where: Where | null]>;

export type Persona = keyof typeof PERSONAS;
export const ALL = Object.keys(PERSONAS) as Persona[];
export const homeOf = (persona: Persona): Where | null => PERSONAS[persona][1];

export const ADMINS: readonly Persona[] = ['legacy_admin', 'system_admin', 'project_admin'];
/** With leave to write, and to read, in their own project; and with any role there. */
export const MEMBERS: readonly Persona[] = [...ADMINS, 'project_member', 'other_project_member'];
export const READERS: readonly Persona[] = [...MEMBERS, 'project_reader', 'other_project_reader'];
export const OF_A_PROJECT: readonly Persona[] = [...READERS, 'legacy_owner', 'project_foo'];

/** Administrators find what is of any project, all others what is of their own. */
export const finds = (persona: Persona, where: Where): boolean => ADMINS.includes(persona) || homeOf(persona) === where;

export interface People {
  projects: Record<Where, Project>;
  tokens: Record<Persona, string>;
}

export async function people({ identities, project }: KeystoneWorld): Promise<People> {
  const projects = { here: project, 'of strangers': await identities.project(), elsewhere: await identities.project() };
  const tokens: Partial<Record<Persona, string>> = {};
  for (const persona of ALL) {
    const [role, where] = PERSONAS[persona];
    const user: User = await identities.user([role], where && projects[where]);
    tokens[persona] = await user.token();
  }
  return { projects, tokens: tokens as Record<Persona, string> };
}
