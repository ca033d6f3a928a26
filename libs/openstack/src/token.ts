import { type CatalogEntry, COMPUTE, type Endpoint, endpointsOf } from './catalog.js';

/** What Keystone says of a token; nothing in it is a secret. */
export interface Token {
  userId: string;
  /** Null for a token of the system, of a domain, or of nothing. */
  projectId: string | null;
  roles: readonly string[];
  /** It is a token of the whole system. */
  isOfSystem: boolean;
  /** Its project is the one of administrators, or Keystone knows no such project. */
  isAdminProject: boolean;
  expiresAt: Date;
  /** The types of the services in its catalog. */
  services: readonly string[];
  /** Compute's, of its catalog. */
  compute: readonly Endpoint[];
  /** All that a token of an application credential with rules may do; null where there are none. */
  accessRules: readonly AccessRule[] | null;
}

export interface AccessRule {
  service: string;
  method: string;
  path: string;
}

interface TokenBody {
  user: { id: string };
  project?: { id: string };
  roles?: { name: string }[];
  system?: { all?: boolean };
  is_admin_project?: boolean;
  expires_at: string;
  catalog?: CatalogEntry[];
  application_credential?: { access_rules?: AccessRule[] };
}

/** The answer of `GET /v3/auth/tokens`. Null: it is not of the shape that Keystone gives. */
export function readToken(answer: unknown): Token | null {
  const body = (answer as { token?: TokenBody } | null)?.token;
  const expiresAt = new Date(body?.expires_at ?? NaN);
  if (typeof body?.user?.id !== 'string' || Number.isNaN(expiresAt.getTime())) return null;
  return {
    userId: body.user.id,
    projectId: body.project?.id ?? null,
    roles: (body.roles ?? []).map(({ name }) => name),
    isOfSystem: body.system?.all === true,
    isAdminProject: body.is_admin_project !== false,
    expiresAt,
    services: (body.catalog ?? []).map(({ type }) => type),
    compute: endpointsOf(body.catalog ?? [], COMPUTE),
    accessRules: body.application_credential?.access_rules ?? null,
  };
}

export const hasExpired = ({ expiresAt }: Pick<Token, 'expiresAt'>, now = Date.now()): boolean => expiresAt.getTime() <= now;
