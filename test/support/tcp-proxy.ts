import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** How the link is: as it should be; cut; slow; or taking every byte and passing none on, without a word. */
export type LinkState = 'whole' | 'cut' | 'slow' | 'halfOpen';

/** A link of the tests' own between a process and a server, on loopback: whole until a test says otherwise. */
export class TcpProxy {
  private state: LinkState = 'whole';
  private delayMs = 0;
  private readonly pairs = new Set<Pair>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (socket) => this.accept(socket));
  }

  /** To a port of this machine; it may be free as yet. */
  static async to(target: number): Promise<TcpProxy> {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new TcpProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The same URL by way of this link. */
  through(url: string): string {
    const by = new URL(url);
    by.port = String(this.port);
    return by.href;
  }

  /** What is swallowed already stays so, as behind a firewall that has lost its table: only new connections are whole. */
  heal(): void {
    this.become('whole', 0);
  }

  /** Ends every connection, and each new one at once. */
  cut(): void {
    this.become('cut', 0);
    for (const pair of this.pairs) pair.destroy();
  }

  /** Every byte, either way, comes so much later. */
  slow(delayMs: number): void {
    this.become('slow', delayMs);
  }

  /** From here on no byte passes, either way, nor the end of a connection; new connections are accepted. */
  halfOpen(): void {
    this.become('halfOpen', 0);
    for (const pair of this.pairs) pair.swallow();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const pair of this.pairs) pair.destroy();
    await closed;
  }

  private become(state: LinkState, delayMs: number): void {
    this.state = state;
    this.delayMs = delayMs;
  }

  private accept(socket: Socket): void {
    if (this.state === 'cut') return void socket.resetAndDestroy();
    const pair = new Pair(
      socket,
      this.state === 'halfOpen' ? null : connect({ port: this.target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true }),
      () => this.delayMs,
    );
    this.pairs.add(pair);
    void pair.ended.then(() => this.pairs.delete(pair));
  }
}

/** One connection, from both of its sides. */
class Pair {
  readonly ended: Promise<void>;
  private swallows: boolean;
  private end: () => void = () => undefined;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket | null,
    private readonly delay: () => number,
  ) {
    this.swallows = far === null;
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.carry(near, far);
    if (far) this.carry(far, near);
  }

  swallow(): void {
    this.swallows = true;
  }

  destroy(): void {
    for (const socket of [this.near, this.far]) if (socket && !socket.destroyed) reset(socket);
    this.end();
  }

  private carry(from: Socket, to: Socket | null): void {
    let behind: Promise<void> = Promise.resolve();
    const later = (deliver: () => void) => {
      const due = Date.now() + this.delay();
      behind = behind.then(async () => {
        if (due > Date.now()) await pause(due - Date.now());
        if (!this.swallows) deliver();
      });
    };
    from.on('data', (bytes: Buffer) => later(() => to?.write(bytes)));
    from.on('end', () => later(() => to?.end()));
    from.on('error', () => undefined); // its close follows
    from.on('close', (hadError) => this.closed(from, hadError));
  }

  /** Whoever is swallowed does not even hear that the other side is gone. */
  private closed(side: Socket, hadError: boolean): void {
    if (this.swallows) {
      if (side === this.near) this.destroy();
      return;
    }
    if (hadError || (this.near.destroyed && (this.far?.destroyed ?? true))) this.destroy();
  }
}

/** Where its end is still being written a reset fails, and Node's exit waits for such a socket for ever. */
const reset = (socket: Socket): unknown => (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy());
