import type { Server } from 'node:http';
import type { Socket } from 'node:net';

interface Use {
  requests: number;
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

  begins(socket: Socket): void {
    const use = this.uses.get(socket);
    if (use) use.requests++;
  }

  ends(socket: Socket): void {
    const use = this.uses.get(socket);
    if (!use) return;
    use.requests--;
    use.idleSince = performance.now();
  }

  /** Whether a request of it is not answered yet. */
  isAtWork(socket: Socket): boolean {
    return (this.uses.get(socket)?.requests ?? 0) > 0;
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
