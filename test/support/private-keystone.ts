import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from './free-ports';
import { type Needed, onPath } from './installed-programs';
import { oncePerRun } from './once-per-run';
import { createDatabase, databaseName } from './postgres';
import { register, unregister } from './test-run';
import { until } from './until';

const run = promisify(execFile);

const WSGI = '/usr/bin/keystone-wsgi-public';
const PSYCOPG2 = '/usr/lib/python3/dist-packages/psycopg2';
export const KEYSTONE: Needed[] = [
  { what: 'Keystone', debianPackage: 'keystone', find: () => onPath('keystone-manage') },
  { what: 'uWSGI for Python 3', debianPackage: 'uwsgi-plugin-python3', find: () => onPath('uwsgi_python3') },
  { what: 'psycopg2', debianPackage: 'python3-psycopg2', find: () => [PSYCOPG2].find(existsSync) ?? null },
];

export const ADMIN_PASSWORD = 'the-first-password';

/** A real Keystone of the tests' own, on loopback, with a database of its own; it comes with the user, project and role `admin` in the domain Default. */
export class PrivateKeystone {
  readonly url: string;
  private readonly home: string;
  private child: ChildProcess | null = null;
  private databaseUrl = '';
  /** Options. By itself uWSGI ends a connection behind its answer without a word, which not every client takes. */
  private more: string[] = [];

  private constructor(
    private readonly runFolder: string,
    private readonly name: string,
    private readonly port: number,
  ) {
    this.home = join(runFolder, name);
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Resolves when it answers. */
  static async create(runFolder: string, { tokensLastSeconds = 3600, saysItCloses = false } = {}): Promise<PrivateKeystone> {
    const { template } = await oncePerRun(runFolder, 'keystone-database', () => PrivateKeystone.template(runFolder));
    const [port = 0] = await freePorts(1);
    const keystone = new PrivateKeystone(runFolder, `keystone-${port}`, port);
    keystone.makeKeys();
    keystone.databaseUrl = await createDatabase({ template });
    keystone.writeSettings(tokensLastSeconds);
    if (saysItCloses) keystone.more = ['--add-header', 'Connection: close'];
    await keystone.start();
    return keystone;
  }

  /** The database that each of them begins with a copy of: to make it takes five times as long as to start on it. */
  private static async template(runFolder: string): Promise<{ template: string }> {
    const keystone = new PrivateKeystone(runFolder, 'keystone-template', 0);
    keystone.makeKeys();
    keystone.databaseUrl = await createDatabase();
    keystone.writeSettings(0);
    await keystone.manage('db_sync');
    await keystone.manage('bootstrap', '--bootstrap-password', ADMIN_PASSWORD, '--bootstrap-region-id', 'RegionOne');
    return { template: databaseName(keystone.databaseUrl) };
  }

  /** On the same port, with what it knew before. */
  async start(): Promise<void> {
    const log = openSync(join(this.home, 'out'), 'a');
    const options = ['--http-socket', `127.0.0.1:${this.port}`, '--wsgi-file', WSGI, '--pyargv', `--config-file ${this.settings}`];
    const child = spawn(
      'uwsgi_python3',
      [...options, '--processes', '1', '--threads', '4', '--master', '--die-on-term', '--need-app', ...this.more],
      {
        cwd: this.home,
        detached: true,
        stdio: ['ignore', log, log],
      },
    );
    closeSync(log);
    this.child = child;
    register(this.runFolder, this.name, { pid: child.pid as number, group: true, signal: 'SIGKILL' }); // it was found
    child.unref();
    const died = new Promise<never>((_, reject) =>
      child.once('exit', () => reject(new Error(`Keystone did not start:\n${this.output()}`))),
    );
    await Promise.race([until('Keystone answers', () => this.answers(), 60_000), died]);
    died.catch(() => undefined); // from here on its end is the test's wish
  }

  /** A project of an id that somebody knows already: made through its API, each has one of Keystone's own. */
  async addProject(id: string): Promise<{ id: string; name: string }> {
    const name = `project-${id}`;
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    await client.query(
      `insert into project (id, name, extra, description, enabled, domain_id, parent_id, is_domain)
       values ($1, $2, '{}', '', true, 'default', 'default', false)`,
      [id, name],
    );
    await client.end();
    return { id, name };
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((exited) => child.once('exit', exited));
    process.kill(-(child.pid as number), 'SIGKILL'); // it was started
    await gone;
    unregister(this.runFolder, this.name);
  }

  /** Those that it makes from now on; the others last as long as was said when they were made. */
  async tokensLast(seconds: number): Promise<void> {
    await this.stop();
    this.writeSettings(seconds);
    await this.start();
  }

  /** It holds its connections and answers nothing, until it goes on. */
  freeze(): void {
    process.kill(-(this.child?.pid as number), 'SIGSTOP');
  }

  goOn(): void {
    process.kill(-(this.child?.pid as number), 'SIGCONT');
  }

  /** How often it was asked about a token. */
  get validations(): number {
    return [...readFileSync(join(this.home, 'out'), 'utf8').matchAll(/ GET \/v3\/auth\/tokens/g)].length;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  private get settings(): string {
    return join(this.home, 'keystone.conf');
  }

  private async answers(): Promise<boolean> {
    return fetch(`${this.url}/v3/`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  private manage(...args: string[]) {
    return run('keystone-manage', ['--config-file', this.settings, ...args], { cwd: this.home });
  }

  private output(): string {
    return readFileSync(join(this.home, 'out'), 'utf8').slice(-2_000);
  }

  private get keys(): string {
    return join(this.home, 'fernet');
  }

  private makeKeys(): void {
    mkdirSync(this.keys, { recursive: true });
    for (const key of ['0', '1']) writeFileSync(join(this.keys, key), `${randomBytes(32).toString('base64url')}=`);
  }

  private writeSettings(tokensLastSeconds: number): void {
    writeFileSync(
      this.settings,
      [
        '[DEFAULT]',
        `log_file = ${join(this.home, 'log')}`,
        '[database]',
        `connection = ${this.databaseUrl.replace(/^postgres(?:ql)?:/, 'postgresql+psycopg2:')}`,
        '[token]',
        'provider = fernet',
        `expiration = ${tokensLastSeconds}`,
        '[fernet_tokens]',
        `key_repository = ${this.keys}`,
        '[fernet_receipts]', // it looks for these too before it does anything, and not every installation has made the package's own
        `key_repository = ${this.keys}`,
        '[identity]',
        'password_hash_rounds = 4', // as cheap as it may be: nothing here is worth guessing
        '[cache]',
        'enabled = true',
        'backend = dogpile.cache.memory', // of the one process: what is revoked is revoked at once
        '',
      ].join('\n'),
    );
  }
}
