import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from './free-ports';
import { type Needed, postgresPrograms } from './installed-programs';
import { register, unregister } from './test-run';
import { until } from './until';

const run = promisify(execFile);

export const POSTGRES: Needed = { what: 'PostgreSQL', debianPackage: 'postgresql', find: postgresPrograms };

/** A PostgreSQL server of the tests' own: on loopback, as durable as in production, and free to be killed. */
export class PrivatePostgres {
  readonly url: string;
  private readonly data: string;

  private constructor(
    private readonly runFolder: string,
    private readonly name: string,
    readonly port: number,
  ) {
    this.data = join(runFolder, name, 'data');
    this.url = `postgres://app@127.0.0.1:${port}/postgres`;
  }

  /** Resolves when it takes connections. `more` are further lines of its postgresql.conf. */
  static async create(runFolder: string, name: string, more = ''): Promise<PrivatePostgres> {
    const [port] = await freePorts(1);
    const server = new PrivatePostgres(runFolder, name, port as number); // one was asked for
    await server.initialise(more);
    await server.start();
    return server;
  }

  /** Of its first process, whose children all the others are; only while it runs. */
  get pid(): number {
    return Number.parseInt(readFileSync(join(this.data, 'postmaster.pid'), 'utf8'), 10);
  }

  /** Resolves when it takes connections, after crash recovery if need be. */
  async start(): Promise<void> {
    register(this.runFolder, this.name, { pidFile: join(this.data, 'postmaster.pid'), signal: 'SIGQUIT' });
    const start = () => this.program('pg_ctl', ['-D', this.data, '-l', join(this.data, '..', 'log'), '-w', '-t', '60', 'start']);
    await start().catch(async () => {
      // After a kill -9 it refuses to start as long as one of its former processes is still there.
      await pause(500);
      await start();
    });
  }

  /** In order; open connections are cut. */
  async stop(): Promise<void> {
    await this.program('pg_ctl', ['-D', this.data, '-w', '-m', 'fast', 'stop']);
    unregister(this.runFolder, this.name);
  }

  /** At once, without a checkpoint: only what was committed is there afterwards. */
  async crash(): Promise<void> {
    await this.program('pg_ctl', ['-D', this.data, '-w', '-m', 'immediate', 'stop']);
    unregister(this.runFolder, this.name);
  }

  /** kill -9 of the server: those that serve its connections notice by themselves, and go. */
  async kill(): Promise<void> {
    const pid = Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await until(`PostgreSQL, process ${pid}, is gone`, () => !existsSync(`/proc/${pid}`));
    unregister(this.runFolder, this.name);
  }

  /** Ends it with all its data. */
  async remove(): Promise<void> {
    if (existsSync(join(this.data, 'postmaster.pid'))) await this.crash();
    rmSync(join(this.runFolder, this.name), { recursive: true, force: true });
  }

  private async initialise(more: string): Promise<void> {
    const home = join(this.runFolder, this.name);
    mkdirSync(home);
    const { uid, gid } = serverUser();
    if (uid !== undefined && gid !== undefined) chownSync(home, uid, gid);
    const access = ['-U', 'app', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8'];
    await this.program('initdb', ['-D', this.data, ...access, '--no-sync']);
    appendFileSync(join(this.data, 'postgresql.conf'), `${settings(this.port)}${more}\n`);
  }

  private async program(name: string, args: string[]): Promise<void> {
    const folder = postgresPrograms();
    if (folder === null) throw new Error('PostgreSQL is not installed here.');
    await run(join(folder, name), args, { ...serverUser(), cwd: '/' });
  }
}

// fsync stays on: the tests that crash it ask what a commit is worth. No unix socket: the path of a folder may be too long for one.
const settings = (port: number) => `
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
max_connections = 300
synchronous_commit = on
`;

let user: { uid?: number; gid?: number } | undefined;

/** PostgreSQL refuses to run as root, so root starts it as the user that its package made. */
function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  user ??= { uid: idOf('-u'), gid: idOf('-g') };
  return user;
}

const idOf = (which: '-u' | '-g') => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
