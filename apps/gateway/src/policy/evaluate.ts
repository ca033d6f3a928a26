import type { CallerFact, Check, TargetKey, Value } from './check.js';

/** Who asks, as far as policy looks. */
export interface Subject {
  userId: string;
  projectId: string | null;
  roles: readonly string[];
  /** Those of the service token that came along. */
  serviceRoles?: readonly string[];
  /** Who has that token. */
  serviceUserId?: string | null;
  /** What `Policy.isAdmin` said of this caller. */
  isAdmin: boolean;
  systemScope: 'all' | null;
  /** False only where Keystone has an admin project and the token is of another one; true where nothing is said, as in oslo.context. */
  isAdminProject?: boolean;
}

/** What is worked on. */
export interface Target {
  project_id?: string;
  user_id?: string;
}

export type Allows = (caller: Subject, target: Target) => boolean;

/** A check as a function, made once at the start: it runs for each request, so it makes no objects. `ruled` is what `rule:` refers to. */
export function compile(check: Check, ruled: (name: string) => Allows): Allows {
  switch (check.is) {
    case 'constant':
      return check.allows ? () => true : () => false;
    case 'rule':
      return ruled(check.name);
    case 'role':
      return hasRole(check.role);
    case 'equal':
      return areEqual(check.left, check.right);
    case 'not': {
      const inner = compile(check.check, ruled);
      return (caller, target) => !inner(caller, target);
    }
    case 'and':
    case 'or':
      return joined(check.is, compile(check.left, ruled), compile(check.right, ruled));
  }
}

function joined(by: 'and' | 'or', left: Allows, right: Allows): Allows {
  return by === 'and'
    ? (caller, target) => left(caller, target) && right(caller, target)
    : (caller, target) => left(caller, target) || right(caller, target);
}

function hasRole(role: Value): Allows {
  if (role.of !== 'text') {
    const wanted = reader(role);
    return (caller, target) => {
      const name = wanted(caller, target);
      return typeof name === 'string' && includesRole(caller.roles, name.toLowerCase());
    };
  }
  const wanted = role.text.toLowerCase();
  return ({ roles }) => includesRole(roles, wanted);
}

function includesRole(roles: readonly string[], wanted: string): boolean {
  for (const role of roles) if (role === wanted || role.toLowerCase() === wanted) return true;
  return false;
}

/** `None` is how Python writes what is not there; what the target does not have equals nothing. */
function areEqual(left: Value, right: Value): Allows {
  const mine = reader(left);
  if (right.of === 'text') {
    const text = right.text === 'None' && left.of !== 'text' ? null : right.text;
    return (caller, target) => isOrHas(mine(caller, target), text);
  }
  const theirs = reader(right);
  return (caller, target) => {
    const other = theirs(caller, target);
    return typeof other === 'string' && isOrHas(mine(caller, target), other);
  };
}

type Found = string | readonly string[] | null | undefined;
type Reader = (caller: Subject, target: Target) => Found;

/** Of several values one is enough, letter by letter. */
function isOrHas(found: Found, wanted: string | null): boolean {
  if (found === null || typeof found !== 'object') return found === wanted;
  for (const one of found) if (one === wanted) return true;
  return false;
}

function reader(value: Value): Reader {
  switch (value.of) {
    case 'text':
      return () => value.text;
    case 'caller':
      return CALLER[value.fact];
    case 'target':
      return TARGET[value.key];
  }
}

const inPython = (value: boolean): string => (value ? 'True' : 'False');

const CALLER: Record<CallerFact, Reader> = {
  user_id: ({ userId }) => userId,
  project_id: ({ projectId }) => projectId,
  system_scope: ({ systemScope }) => systemScope,
  is_admin: ({ isAdmin }) => inPython(isAdmin),
  service_roles: ({ serviceRoles = [] }) => serviceRoles,
  service_user_id: ({ serviceUserId = null }) => serviceUserId,
  is_admin_project: ({ isAdminProject = true }) => inPython(isAdminProject),
};

const TARGET: Record<TargetKey, Reader> = {
  project_id: (_, target) => target.project_id,
  user_id: (_, target) => target.user_id,
};
