import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

interface Use {
  requests: number;
  latest?: IncomingMessage;
  idleSince: number;
}

/** The open connections, and since when nothing is asked on them. */
export class Connections {
  private readonly uses = new Map<Socket, Use>();

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.uses.set(socket, { requests: 0, idleSince: performance.now() });
      socket.once('close', () => this.uses.delete(socket));
    });
  }

  begins(request: IncomingMessage): void {
    const use = this.uses.get(request.socket);
    if (!use) return;
    use.requests++;
    use.latest = request;
  }

  ends(socket: Socket): void {
    const use = this.uses.get(socket);
    if (!use) return;
    use.requests--;
    if (use.requests === 0) use.latest = undefined;
    use.idleSince = performance.now();
  }

  /** Whether a request that has come in whole is not answered yet. */
  isAtWork(socket: Socket): boolean {
    const { requests = 0, latest } = this.uses.get(socket) ?? {};
    return requests > (latest?.complete === false ? 1 : 0);
  }

  /** A client may be about to use what he used a moment ago, and would see his request cut: only what has rested for so long is closed. */
  closeIdle(forMs: number): void {
    const latest = performance.now() - forMs;
    for (const [socket, { requests, idleSince }] of this.uses) if (requests === 0 && idleSince <= latest) socket.destroy();
  }

  closeAll(): void {
    for (const socket of this.uses.keys()) socket.destroy();
  }
}
