import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { WayHere } from './way-here.js';

const SAID_EVERY_MS = 10_000;

interface Use {
  requests: number;
  latest?: IncomingMessage;
  idleSince: number;
}

/** The open connections, and since when nothing is asked on them. */
export class Connections {
  private readonly logger = new Logger(Connections.name);
  private readonly uses = new Map<Socket, Use>();
  private readonly ofAddress = new Map<string, number>();
  private saidAt = -Infinity;

  /** `most` of one address, unless it is a proxy's. */
  constructor(
    private readonly most: number,
    private readonly way: WayHere,
  ) {}

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      const { remoteAddress } = socket;
      if (remoteAddress === undefined || !this.enters(remoteAddress)) return void socket.destroy();
      this.uses.set(socket, { requests: 0, idleSince: performance.now() });
      socket.once('close', () => {
        this.uses.delete(socket);
        this.leaves(remoteAddress);
      });
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

  private enters(address: string): boolean {
    const count = this.ofAddress.get(address) ?? 0;
    if (count >= this.most && !this.way.isProxy(address)) {
      this.refuse(address);
      return false;
    }
    this.ofAddress.set(address, count + 1);
    return true;
  }

  private leaves(address: string): void {
    const count = this.ofAddress.get(address) ?? 1;
    if (count > 1) this.ofAddress.set(address, count - 1);
    else this.ofAddress.delete(address);
  }

  /** Said now and again: a line for each would be load of its own. */
  private refuse(address: string): void {
    if (performance.now() - this.saidAt < SAID_EVERY_MS) return;
    this.saidAt = performance.now();
    this.logger.warn(`connections of ${address} are closed: it has ${this.most} already`);
  }
}
