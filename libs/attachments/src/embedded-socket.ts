import { AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { relative } from 'node:path';
import { StartError } from '@app/domain';
import type { Database } from './database.js';
import type { Run } from './embedded-pool.js';
import { eachLine } from './socket-lines.js';
import { poolOf } from './statements.js';
import type { SocketAnswer, SocketQuestion } from './embedded-socket.client.js';

/** The shortest limit of the systems that have such sockets, its closing zero not counted. */
const LONGEST_PATH = 103;
/** What would keep the only session between two messages: a mistake of our own, since whoever may connect may read the folder too. */
const KEEPS_SESSION = /^\s*(?:begin|start|commit|end|rollback|abort|savepoint|release|prepare|set|lock|declare|listen)\b/i;

/**
 * Lets other processes of the same user work on an embedded database through the one that holds it: JSON lines of one statement each, so
 * nobody holds the only session for longer than that. The socket of a process that is gone is replaced.
 */
export class EmbeddedSocket {
  private readonly clients = new Set<Socket>();

  private constructor(
    private readonly address: string,
    private readonly server: Server,
  ) {}

  /** `address` is as `socketAddress` gives it. @throws StartError when it cannot be listened on. */
  static async serve(address: string, database: Database): Promise<EmbeddedSocket> {
    const server = createServer();
    const socket = new EmbeddedSocket(address, server);
    server.on('connection', (client) => socket.welcome(client, runOf(database)));
    rmSync(address, { force: true });
    await listen(server, address);
    return socket;
  }

  /** Cuts everybody off; the socket's file goes with it. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const client of this.clients) client.destroy();
    await closed;
    rmSync(this.address, { force: true });
  }

  private welcome(client: Socket, run: Run): void {
    this.clients.add(client);
    client.on('close', () => this.clients.delete(client));
    eachLine(client, (line) => {
      // A context of its own for each statement: the pool would take those of one connection for one caller that asks for a second session.
      new AsyncResource('EmbeddedStatement').runInAsyncScope(() => void this.answer(client, line, run));
    });
  }

  private async answer(client: Socket, line: string, run: Run): Promise<void> {
    const answer = await answerTo(line, run);
    if (!client.destroyed) client.write(`${JSON.stringify(answer)}\n`);
  }
}

/** The path by which a socket can be reached: from here, where that is shorter. @throws StartError */
export function socketAddress(path: string): string {
  const address = [path, relative(process.cwd(), path)].find((one) => Buffer.byteLength(one) <= LONGEST_PATH);
  if (address !== undefined) return address;
  throw new StartError(`DATA_DIR: ${path} is too long for the path of a socket (${LONGEST_PATH} bytes at most); name a shorter folder.`);
}

/** What TypeORM makes of the pool that it was given. */
function runOf(database: Database): Run {
  const pool = poolOf<{ query: Run }>(database.source);
  return (text, values) => pool.query(text, values);
}

async function listen(server: Server, address: string): Promise<void> {
  const listening = once(server, 'listening');
  // Only its owner may connect, from the first moment on: the socket's file is made within this call.
  const mask = process.umask(0o177);
  server.listen(address);
  process.umask(mask);
  try {
    await listening;
  } catch (cause) {
    throw new StartError(`DATA_DIR: the socket ${address} cannot be opened (${(cause as Error).message}).`, { cause });
  }
}

async function answerTo(line: string, run: Run): Promise<SocketAnswer> {
  let id = -1;
  try {
    const question = JSON.parse(line) as SocketQuestion;
    id = question.id;
    if (KEEPS_SESSION.test(question.sql)) throw new Error('transactions cannot pass through this socket: each message is one statement');
    return { id, answer: await run(question.sql, question.values) };
  } catch (error) {
    const { message, code } = error as Error & { code?: unknown };
    return { id, error: { message, code: typeof code === 'string' ? code : null } };
  }
}
