import { createHash } from 'node:crypto';
import type { Body } from './api';
import { type Conversation as Connection, Conversation, type Heard } from './conversation';
import { bodyOf, faultOf, faultOfAny, type Finding } from './judge';
import { KnownIds } from './known-ids';
import type { Asked, Plan, Raw, Token } from './plan';
import { TOKEN } from './shapes';
import type { Tally } from './tally';

const STRANGER = '0f2a6e1c5d9b4d7e8a3b1c2d3e4f5a6b';

/** Asks one thing after another, in a project that nobody else has, so that what it meets depends on its own plans alone. */
export class Caller {
  readonly findings: Finding[] = [];
  private readonly project: string;
  private readonly ids: KnownIds;
  private connection: Connection | null = null;
  private readonly slow: Promise<void>[] = [];

  constructor(
    private readonly port: number,
    name: string,
    private readonly tally: Tally,
  ) {
    this.project = createHash('md5').update(name).digest('hex');
    this.ids = new KnownIds(name);
    this.ids.add('project', this.project);
  }

  async carryOut(n: number, plan: Plan): Promise<void> {
    const done = plan.sort === 'raw' ? this.send(plan, n) : this.ask(plan);
    this.find(n, plan, await done.catch((error: Error) => error.message));
  }

  /** Resolves when the server has had enough of those who are slow. */
  async end(): Promise<void> {
    await Promise.all(this.slow);
    this.connection?.destroy();
  }

  private find(n: number, plan: Plan, what: string | null): void {
    if (what !== null) this.findings.push({ n, what, plan: JSON.stringify(plan).slice(0, 2_000) });
  }

  private async ask(plan: Asked): Promise<string | null> {
    const path = this.ids.resolved(plan.path);
    const body = bytesOf(plan.body, this.ids);
    const heard = await this.exchange(plan, path, body);
    this.tally.count(plan.sort, plan.target, plan.token === 'none' ? null : heard);
    if (!heard) return 'the connection was closed without an answer';
    this.ids.learn({ method: plan.method, path, status: heard.status, body: bodyOf(heard) });
    this.tally.held++;
    return faultOf({ method: plan.method, path, version: versionHeader(plan), body }, heard);
  }

  /** On the connection that is there; if that was about to be closed, on another one. */
  private async exchange(plan: Asked, path: string, body: Buffer | null): Promise<Heard | null> {
    const bytes = this.written(plan, path, body);
    const kept = this.connection;
    const heard = kept && !kept.closed ? await this.hear(kept, bytes, plan.method) : null;
    return heard ?? this.hear(await Conversation.with(this.port), bytes, plan.method);
  }

  private async hear(connection: Connection, bytes: Buffer, method: string): Promise<Heard | null> {
    connection.say(bytes);
    const heard = await connection.hear(method);
    this.connection = heard && heard.headers.get('connection') !== 'close' ? connection : null;
    return heard;
  }

  private written(plan: Asked, path: string, body: Buffer | null): Buffer {
    const own = new Set(plan.headers.map(([name]) => name.toLowerCase()));
    const token = this.token(plan.token);
    const standard: [string, string | null][] = [
      ['Host', '127.0.0.1'],
      ['X-Auth-Token', token],
      ['OpenStack-API-Version', plan.version && `volume ${plan.version}`],
      ['Content-Length', body ? String(body.length) : null],
    ];
    const headers = [...standard.filter(([name, value]) => value !== null && !own.has(name.toLowerCase())), ...plan.headers];
    const head = `${plan.method} ${path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
    return Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)]);
  }

  private async send({ shape }: Raw, n: number): Promise<string | null> {
    const connection = await Conversation.with(this.port);
    connection.say(Buffer.from(shape.bytes.replaceAll(TOKEN, this.token('admin') ?? ''), 'latin1'));
    if (shape.slow) {
      if (shape.slow === 'dripping') connection.drip();
      this.slow.push(this.hearAll(connection, shape).then((what) => this.find(n, { sort: 'raw', shape }, what)));
      return null;
    }
    if (shape.answers === null) void connection.quiet().then(() => connection.end());
    return this.hearAll(connection, shape);
  }

  private async hearAll(connection: Connection, { name, bytes, answers }: Raw['shape']): Promise<string | null> {
    try {
      const heard = await connection.rest(bytes.split(' ', 1)[0] ?? '');
      for (const one of heard.length > 0 ? heard : [null])
        this.tally.count('raw', name.replace(/(headers|line|pipelined): .*/s, '$1'), one);
      if (answers !== null && heard.length !== answers) return `${heard.length} answers, and ${answers} were due`;
      return heard.map(faultOfAny).find((what) => what !== null) ?? null;
    } catch (error) {
      return (error as Error).message;
    } finally {
      connection.destroy();
    }
  }

  private token(of: Token): string | null {
    if (of === 'none') return null;
    if (of === 'stranger') return `s:${STRANGER}:member`;
    return of === 'admin' ? `a:${this.project}` : `u:${this.project}:${of}`;
  }
}

/** The header as the gateway reads it: the last word of a plan's own headers is the only one. */
function versionHeader({ version, headers }: Asked): string | null {
  const own = headers.find(([name]) => name === 'OpenStack-API-Version')?.[1];
  return own ?? (version && `volume ${version}`);
}

function bytesOf(body: Body, ids: KnownIds): Buffer | null {
  if (body === null) return null;
  if ('hex' in body) return Buffer.from(body.hex, 'hex');
  if ('repeated' in body) return Buffer.from(body.repeated.repeat(body.times));
  return Buffer.from(ids.resolved(body.text));
}
