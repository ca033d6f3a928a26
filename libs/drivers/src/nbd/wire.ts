import type { Socket } from 'node:net';

/** The client is gone, or broke the rules and is cut: its session ends, nobody else notices. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

// A client that sends faster than it is served is not read from beyond this.
const HIGH_WATER = 1024 * 1024;

/** A socket read by exact lengths. */
export class Wire {
  private chunks: Buffer[] = [];
  private held = 0;
  private wanted: { length: number; resolve: (bytes: Buffer) => void; reject: (error: Error) => void } | null = null;
  private closed = false;

  constructor(readonly socket: Socket) {
    // Node tells of a broken TLS record by 'error' alone, and leaves the socket beneath open.
    socket.on('data', this.take).on('close', this.end).on('error', this.end);
  }

  /** One read at a time. @throws ClientGone once the socket is closed, whatever it still held. */
  read(length: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.wanted = { length, resolve, reject };
      this.serve();
    });
  }

  /** Returns when the bytes have left, so that a client that does not listen stops its own requests. @throws ClientGone */
  write(...parts: Buffer[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.cork();
      for (const part of parts.slice(0, -1)) this.socket.write(part);
      this.socket.write(parts.at(-1) ?? Buffer.alloc(0), (error) => (error ? reject(new ClientGone(error.message)) : resolve()));
      this.socket.uncork();
    });
  }

  /**
   * Hands the socket over to TLS. @throws ClientGone if the client has already sent more: what came in the clear must never count as
   * said under TLS.
   */
  release(): Socket {
    this.socket.pause();
    this.socket.off('data', this.take).off('close', this.end); // still heard, and ignored from now on: 'error'
    if (this.held > 0) throw new ClientGone('it sent more than its request for TLS');
    return this.socket;
  }

  private readonly take = (chunk: Buffer): void => {
    this.chunks.push(chunk);
    this.held += chunk.length;
    this.serve();
  };

  private readonly end = (): void => {
    this.closed = true;
    this.serve();
  };

  private serve(): void {
    const { wanted } = this;
    if (wanted && this.closed) {
      this.wanted = null;
      wanted.reject(new ClientGone('it closed the connection'));
    } else if (wanted && this.held >= wanted.length) {
      this.wanted = null;
      wanted.resolve(this.cut(wanted.length));
    }
    if (this.wanted) this.socket.resume();
    else if (this.held > HIGH_WATER) this.socket.pause();
  }

  private cut(length: number): Buffer {
    const [first] = this.chunks;
    const all = this.chunks.length === 1 && first ? first : Buffer.concat(this.chunks);
    this.held = all.length - length;
    this.chunks = this.held > 0 ? [all.subarray(length)] : [];
    return all.subarray(0, length);
  }
}
