import { randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import { ADMIN_PASSWORD } from './private-keystone';

export interface Project {
  id: string;
  name: string;
}
export interface AccessRule {
  service: string;
  method: string;
  path: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Users, projects and roles in a Keystone, as its administrator makes them. */
export class Identities {
  /** The administrator's: to ask for one takes as long as what it is asked for. */
  private token: Promise<string> | null = null;
  private readonly roles = new Map<string, Promise<string>>();

  constructor(private readonly url: string) {}

  project(): Promise<Project> {
    return this.made('project', { name: aName('project'), domain_id: 'default' });
  }

  /** A user with these roles in that project, or in the whole system. */
  async user(roles: readonly string[], project: Project | null, name = aName('user')): Promise<User> {
    const password = aName('password');
    const { id } = await this.made('user', { name, password, domain_id: 'default' });
    const where = project ? `/projects/${project.id}` : '/system';
    for (const role of roles) await this.call('PUT', `${where}/users/${id}/roles/${await this.role(role)}`);
    return new User(this.url, { id, name, password, project });
  }

  async endpoint(type: string, url: string, region = 'RegionOne'): Promise<void> {
    const service = await this.made('service', { name: aName(type), type });
    await this.made('endpoint', { service_id: service.id, interface: 'public', url, region });
  }

  /** The token is no good any more. */
  async revoke(token: string): Promise<void> {
    await this.call('DELETE', '/auth/tokens', undefined, { 'X-Subject-Token': token });
  }

  /** The id of the token's user. */
  async holderOf(token: string): Promise<string> {
    return (await this.call('GET', '/auth/tokens', undefined, { 'X-Subject-Token': token })).token.user.id as string;
  }

  /** Every token that this user has: a new password revokes them, and the old one is then given back. */
  async revokeAll(user: User): Promise<void> {
    const { OS_PASSWORD } = user.configuration;
    for (const password of [aName('password'), OS_PASSWORD]) await this.call('PATCH', `/users/${user.id}`, { user: { password } });
  }

  private role(name: string): Promise<string> {
    const known = this.roles.get(name) ?? this.foundOrMade(name);
    this.roles.set(name, known);
    return known;
  }

  private async foundOrMade(name: string): Promise<string> {
    const { roles } = await this.call('GET', `/roles?name=${name}`);
    return (roles[0] as Project | undefined)?.id ?? (await this.made('role', { name })).id;
  }

  private async made(what: string, fields: object): Promise<Project> {
    return (await this.call('POST', `/${what}s`, { [what]: fields }))[what] as Project;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Keystone's answers are what the callers know them to be
  private async call(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<any> {
    const asked = async () => send(`${this.url}/v3${path}`, method, body, { 'X-Auth-Token': await this.session(), ...headers });
    let answer = await asked();
    if (answer.status === 401) {
      this.token = null; // it has expired
      answer = await asked();
    }
    if (answer.status >= 300) throw new Error(`Keystone: ${method} ${path} answered ${answer.status} ${answer.text}`);
    return answer.text === '' ? {} : JSON.parse(answer.text);
  }

  private session(): Promise<string> {
    return (this.token ??= tokenOf(this.url, { methods: ['password'], password: ADMIN }, ADMIN_PROJECT));
  }
}

const DEFAULT = { id: 'default' };
const ADMIN = { user: { name: 'admin', domain: DEFAULT, password: ADMIN_PASSWORD } };
const ADMIN_PROJECT = { project: { name: 'admin', domain: DEFAULT } };

interface Facts {
  id: string;
  name: string;
  password: string;
  /** Null: the whole system. */
  project: Project | null;
}

export class User {
  constructor(
    private readonly url: string,
    private readonly facts: Facts,
  ) {}

  get id(): string {
    return this.facts.id;
  }

  /** As a service has it in its configuration. */
  get configuration() {
    const { name, password, project } = this.facts;
    return { OS_USERNAME: name, OS_PASSWORD: password, OS_PROJECT_NAME: project?.name };
  }

  token(): Promise<string> {
    const { id, password, project } = this.facts;
    const scope = project ? { project: { id: project.id } } : { system: { all: true } };
    return tokenOf(this.url, { methods: ['password'], password: { user: { id, password } } }, scope);
  }

  /** An application credential of this user's; with rules it may do nothing else. */
  async credential(access_rules?: AccessRule[]): Promise<Credential> {
    const asked = { application_credential: { name: aName('credential'), access_rules } };
    const url = `${this.url}/v3/users/${this.facts.id}/application_credentials`;
    const answer = await send(url, 'POST', asked, { 'X-Auth-Token': await this.token() });
    const { id, secret } = (JSON.parse(answer.text) as { application_credential: { id: string; secret: string } }).application_credential;
    return new Credential(this.url, id, secret);
  }
}

export class Credential {
  constructor(
    private readonly url: string,
    private readonly id: string,
    private readonly secret: string,
  ) {}

  get configuration() {
    return { OS_APPLICATION_CREDENTIAL_ID: this.id, OS_APPLICATION_CREDENTIAL_SECRET: this.secret };
  }

  token(): Promise<string> {
    return tokenOf(this.url, { methods: ['application_credential'], application_credential: { id: this.id, secret: this.secret } });
  }
}

const aName = (what: string) => `${what}-${randomBytes(5).toString('hex')}`;

async function tokenOf(url: string, identity: object, scope?: object): Promise<string> {
  const answer = await send(`${url}/v3/auth/tokens`, 'POST', { auth: { identity, scope } });
  const { 'x-subject-token': token } = answer.headers;
  if (typeof token !== 'string') throw new Error(`Keystone gives no token: ${answer.status} ${answer.text}`);
  return token;
}

/** Each over a connection of its own: uWSGI ends it behind the answer, without a word. */
const SINGLE_USE = new Agent({ pipelining: 0 });

async function send(url: string, method: Method, body: unknown, headers: Record<string, string> = {}) {
  const sent = body === undefined ? null : JSON.stringify(body);
  const answer = await request(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: sent,
    dispatcher: SINGLE_USE,
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}
