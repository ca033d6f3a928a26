import { connect, createServer, type Server, type Socket } from 'node:net';

const CHANNEL = 1;
const METHOD_FRAME = 1;
const FRAME_END = 0xce;
const CONSUME_OK = [60, 21] as const;
const CANCEL = [60, 30] as const;
const CHANNEL_CLOSE = [20, 40] as const;

/** Stands between a client and the broker: cuts their connections, and says to the client what a broker may say but cannot be made to. */
export class WireTap {
  private readonly sockets = new Set<Socket>();
  /** The client's side of each connection that consumes, and its consumers' tags. */
  private readonly consumers = new Map<Socket, string[]>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async before(url: string): Promise<WireTap> {
    const server = createServer();
    const tap = new WireTap(server, new URL(url));
    server.on('connection', (client) => tap.join(client));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return tap;
  }

  get url(): string {
    const through = new URL(this.target.href);
    through.port = String((this.server.address() as { port: number }).port); // it listens on a port
    return through.href;
  }

  get consumersSeen(): number {
    return [...this.consumers.values()].flat().length;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** basic.cancel for every consumer, whose queues live on. Only while nothing else is said. */
  cancelConsumers(): void {
    for (const [client, tags] of [...this.consumers]) {
      this.consumers.delete(client);
      for (const tag of tags) client.write(methodFrame(CANCEL, Buffer.concat([shortString(tag), Buffer.from([0])])));
    }
  }

  /** channel.close, as after a fault of the client's. Only while nothing else is said. */
  closeChannels(): void {
    const code = Buffer.from([406 >> 8, 406 & 0xff]);
    for (const client of [...this.consumers.keys()]) {
      this.consumers.delete(client);
      client.write(methodFrame(CHANNEL_CLOSE, Buffer.concat([code, shortString('PRECONDITION_FAILED - a test'), Buffer.alloc(4)])));
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((closed) => this.server.close(closed));
  }

  private join(client: Socket): void {
    const broker = connect(Number(this.target.port), this.target.hostname);
    for (const [socket, other] of [[client, broker] as const, [broker, client] as const]) {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('error', () => undefined); // cut on purpose
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.consumers.delete(socket);
        other.destroy();
      });
    }
    client.pipe(broker);
    broker.pipe(client);
    broker.on('data', (chunk: Buffer) => this.noteConsumers(client, chunk));
  }

  /** NOTE consume-ok comes alone or first in a chunk as long as nothing else goes on, which is how the tests use it. */
  private noteConsumers(client: Socket, chunk: Buffer): void {
    for (let at = 0; at + 12 < chunk.length; at += chunk.readUInt32BE(at + 3) + 8) {
      const method = [chunk.readUInt16BE(at + 7), chunk.readUInt16BE(at + 9)];
      if (chunk[at] !== METHOD_FRAME || method[0] !== CONSUME_OK[0] || method[1] !== CONSUME_OK[1]) continue;
      const tag = chunk.toString('utf8', at + 12, at + 12 + chunk.readUInt8(at + 11));
      this.consumers.set(client, [...(this.consumers.get(client) ?? []), tag]);
    }
  }
}

function methodFrame([classId, methodId]: readonly [number, number], args: Buffer): Buffer {
  const frame = Buffer.alloc(7 + 4 + args.length + 1);
  frame.writeUInt8(METHOD_FRAME, 0);
  frame.writeUInt16BE(CHANNEL, 1);
  frame.writeUInt32BE(4 + args.length, 3);
  frame.writeUInt16BE(classId, 7);
  frame.writeUInt16BE(methodId, 9);
  args.copy(frame, 11);
  frame.writeUInt8(FRAME_END, frame.length - 1);
  return frame;
}

const shortString = (text: string): Buffer => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
