import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectAmqp } from 'amqplib';
import { freePorts } from './free-ports';
import { type Needed, onPath, rabbitmqServer } from './installed-programs';
import { BROKER_SETTINGS, brokerEnvironment, type BrokerPorts } from './rabbitmq-settings';
import { register, unregister } from './test-run';
import { until } from './until';

export const RABBITMQ: Needed = { what: 'RabbitMQ', debianPackage: 'rabbitmq-server', find: rabbitmqServer };

/** As long as a start may take on a machine that has much else to do. */
const START_LIMIT_MS = 150_000;

/** A RabbitMQ node of the tests' own, with its own epmd, all on loopback; free to be killed. */
export class PrivateBroker {
  readonly url: string;
  private readonly home: string;
  private epmd: ChildProcess | null = null;
  private nodePid = 0;

  private constructor(
    private readonly runFolder: string,
    private readonly name: string,
    private readonly ports: BrokerPorts,
  ) {
    this.home = join(runFolder, name);
    this.url = `amqp://guest:guest@127.0.0.1:${ports.amqp}`;
  }

  /** Resolves when it speaks AMQP. `more` are further lines of its rabbitmq.conf. */
  static async create(runFolder: string, name: string, more = '', plugins: string[] = []): Promise<PrivateBroker> {
    const [amqp = 0, distribution = 0, epmd = 0] = await freePorts(3);
    const broker = new PrivateBroker(runFolder, name, { amqp, distribution, epmd });
    broker.writeSettings(more, plugins);
    await broker.start();
    return broker;
  }

  /** Of its first processes, the node's and epmd's, whose children all the others are. */
  get pids(): number[] {
    return [this.nodePid, this.epmd?.pid ?? 0].filter((pid) => pid > 0);
  }

  /** As it tells every client. */
  async version(): Promise<string> {
    const connection = await connectAmqp(this.url);
    const { serverProperties } = connection.connection;
    await connection.close();
    return String(serverProperties.version);
  }

  /** On the same port with the data that is there. Resolves when it speaks AMQP. */
  async start(): Promise<void> {
    this.startEpmd();
    const script = rabbitmqServer();
    if (script === null) throw new Error('RabbitMQ is not installed here.');
    const node = this.spawn(script, []);
    this.nodePid = node.pid as number; // a script that was found has one
    register(this.runFolder, this.name, { pid: this.nodePid, group: true, signal: 'SIGKILL' });
    const died = new Promise<never>((_, reject) => node.once('exit', () => reject(new Error(`RabbitMQ did not start:\n${this.output()}`))));
    await Promise.race([until('RabbitMQ speaks AMQP', () => speaksAmqp(this.ports.amqp), START_LIMIT_MS), died]);
    died.catch(() => undefined); // from here on its end is the test's wish
  }

  /** In order. */
  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  /**
   * kill -9. What it had confirmed is there after the next start, but for a queue declared in the last second or two, which RabbitMQ 3.10 has
   * not yet written down: it may be gone, and a quorum queue may exist, take no message and give none.
   */
  crash(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Of one that is down: the next start begins with nothing, neither queues nor messages. */
  loseData(): void {
    rmSync(join(this.home, 'mnesia'), { recursive: true });
    mkdirSync(join(this.home, 'mnesia'));
  }

  /** Ends it with all its data and its epmd. */
  async remove(): Promise<void> {
    if (isAlive(this.pid())) await this.crash();
    const { epmd } = this;
    this.epmd = null;
    if (epmd !== null && epmd.exitCode === null) {
      const gone = new Promise((exited) => epmd.once('exit', exited));
      epmd.kill('SIGKILL');
      await gone;
    }
    unregister(this.runFolder, `${this.name}.epmd`);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10 });
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const pid = this.pid();
    process.kill(pid, signal);
    await until(`RabbitMQ, process ${pid}, is gone`, () => !isAlive(pid), 60_000);
    rmSync(join(this.home, 'pid'), { force: true });
    unregister(this.runFolder, this.name);
  }

  private pid(): number {
    const file = join(this.home, 'pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  }

  /** Its own, since one that the node starts would outlive it, and the system's is not ours. */
  private startEpmd(): void {
    if (this.epmd !== null && this.epmd.exitCode === null) return;
    const program = onPath('epmd');
    if (program === null) throw new Error('epmd, which comes with Erlang, is not on the path.');
    this.epmd = this.spawn(program, ['-address', '127.0.0.1', '-port', String(this.ports.epmd)]);
    register(this.runFolder, `${this.name}.epmd`, { pid: this.epmd.pid as number, group: true, signal: 'SIGKILL' }); // it was found
  }

  private spawn(program: string, args: string[]): ChildProcess {
    const out = openSync(join(this.home, 'out'), 'a');
    const child = spawn(program, args, {
      env: brokerEnvironment(this.home, this.ports),
      cwd: this.home,
      detached: true,
      stdio: ['ignore', out, out],
    });
    closeSync(out);
    child.unref();
    return child;
  }

  private output(): string {
    const file = join(this.home, 'out');
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-2_000) : ''; // also asked when the broker ends as it should, and is removed
  }

  private writeSettings(more: string, plugins: string[]): void {
    for (const folder of ['', 'home', 'mnesia', 'log']) mkdirSync(join(this.home, folder), { recursive: true });
    writeFileSync(join(this.home, 'home/.erlang.cookie'), randomBytes(16).toString('hex'), { mode: 0o400 });
    writeFileSync(join(this.home, 'enabled_plugins'), `[${plugins.join(',')}].`);
    writeFileSync(join(this.home, 'rabbitmq-env.conf'), '');
    writeFileSync(join(this.home, 'rabbitmq.conf'), BROKER_SETTINGS + more);
  }
}

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A broker that takes connections answers the protocol header at once; asking so costs nothing, and needs no user. */
function speaksAmqp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2_000 }, () => socket.write('AMQP\0\0\x09\x01'));
    const answer = (speaks: boolean) => {
      socket.destroy();
      resolve(speaks);
    };
    socket.once('data', () => answer(true));
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => answer(false));
  });
}
