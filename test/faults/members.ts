import { AppProcess } from '../support/app-process';
import { freePorts } from '../support/free-ports';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

export type Role = 'gateway' | 'worker';

/** Where everybody is, and how he is set up, but for what is his own. */
export interface Common {
  databaseUrl: string;
  amqpUrl: string;
  environment: Record<string, string>;
}

/** One gateway or worker of an installation: whichever process it is just now, on a port and behind links that stay. */
export class Member {
  /** Of the last one that was ready. */
  process: AppProcess;
  /** Of all processes that it has been. */
  private readonly past: AppProcess[] = [];

  private constructor(
    readonly role: Role,
    readonly name: string,
    private readonly common: Common,
    readonly links: { database: TcpProxy; broker: TcpProxy },
    private readonly port: number,
  ) {}

  static async of(role: Role, n: number, common: Common): Promise<Member> {
    const links = { database: await linkTo(common.databaseUrl), broker: await linkTo(common.amqpUrl) };
    const [port = 0] = await freePorts(1);
    return new Member(role, `${role} ${n}`, common, links, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves when it is ready; a start that fails is tried once more, as whatever looks after a service does. */
  async start(more: Record<string, string> = {}): Promise<void> {
    const { databaseUrl, amqpUrl, environment } = this.common;
    const own = { DATABASE_URL: this.links.database.through(databaseUrl), AMQP_URL: this.links.broker.through(amqpUrl) };
    const all = { ...environment, ...own, PORT: String(this.port), ...more };
    this.process = await AppProcess.start(this.role, all).catch(() => AppProcess.start(this.role, all));
    this.past.push(this.process);
  }

  /** In order, and then another one under other conditions. */
  async replace(more: Record<string, string>): Promise<void> {
    await this.process.end('SIGTERM');
    await this.start(more);
  }

  async stop(): Promise<void> {
    if (this.past.length > 0 && isRunning(this.process)) {
      this.process.child.kill('SIGCONT');
      await this.process.end('SIGKILL');
    }
    for (const link of Object.values(this.links)) await link.close();
  }

  /** What all its processes have said. */
  get log(): string {
    return this.past.map(({ child, output }) => `--- pid ${child.pid}\n${output}`).join('\n');
  }

  async died(): Promise<void> {
    await until(`${this.name} is dead`, () => !isRunning(this.process), 40_000);
  }
}

const isRunning = ({ child }: AppProcess): boolean => child.exitCode === null && child.signalCode === null;

const linkTo = (url: string): Promise<TcpProxy> => TcpProxy.to(Number(new URL(url).port));
