import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AccessList } from './access-list.js';
import { ClientSession } from './client-session.js';

const HANDSHAKE_MS = 10_000;

/** Serves files over NBD, to those on its list alone, under TLS with a key of their own. */
export class NbdServer {
  readonly list = new AccessList();
  private readonly server: Server = createServer((raw) => this.welcome(raw));
  private readonly sessions = new Set<ClientSession>();

  constructor(private readonly handshakeMs = HANDSHAKE_MS) {}

  /** Returns the port, which the system chooses for 0. @throws the system's error, such as EADDRINUSE. */
  async listen(host: string, port: number): Promise<number> {
    this.server.listen(port, host);
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  /** Cuts every client; returns when none of their requests is under way. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    const sessions = [...this.sessions];
    for (const session of sessions) session.cut();
    await Promise.all([closed, ...sessions.map(({ ended }) => ended)]);
  }

  private welcome(raw: Socket): void {
    const session = new ClientSession(raw, this.list, this.handshakeMs);
    this.sessions.add(session);
    void session.ended.then(() => this.sessions.delete(session));
  }
}
