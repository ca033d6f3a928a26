import { connect, type Socket } from 'node:net';

/** One answer, as it came over the wire. */
export interface Heard {
  status: number;
  headers: Headers;
  text: string;
}

/** Nobody waits for an answer longer; the gateway's own limits are shorter. */
const PATIENCE_MS = 60_000;

const QUIET_MS = 200;
const DRIP_MS = 100;

/** What came is no HTTP. */
export class Garbled extends Error {}

/** A connection whose bytes are ours, both ways. */
export class Conversation {
  closed = false;
  private heardBytes = 0;
  private received = Buffer.alloc(0);
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (part) => {
      this.received = Buffer.concat([this.received, part]);
      this.heardBytes += part.length;
      this.wake();
    });
    // A server may close while we still write: that is an answer too.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
  }

  static async with(port: number): Promise<Conversation> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Conversation(socket);
  }

  say(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** A byte now and then, until it is closed. */
  drip(): void {
    const dripping = setInterval(() => this.socket.write('a'), DRIP_MS);
    this.socket.once('close', () => clearInterval(dripping));
  }

  /** Nothing more will be said; what is due may still come. */
  end(): void {
    this.socket.end();
  }

  /** Resolves when nothing has come for a while: the server waits for more, or has closed. */
  async quiet(): Promise<void> {
    for (let before = -1; before !== this.heardBytes && !this.closed;) {
      before = this.heardBytes;
      await new Promise((still) => setTimeout(still, QUIET_MS));
    }
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Null: closed, and there is none. @throws Garbled @throws Error when nothing comes */
  async hear(method: string): Promise<Heard | null> {
    for (;;) {
      const head = await this.upTo('\r\n\r\n');
      if (head === null) return null;
      const { status, headers } = parsed(head);
      if (status >= 100 && status < 200) continue; // the answer is still to come
      const text = hasBody(method, status) ? await this.bytes(Number(headers.get('content-length') ?? NaN)) : '';
      return { status, headers, text };
    }
  }

  /** All that comes until the server closes. */
  async rest(method: string): Promise<Heard[]> {
    const all: Heard[] = [];
    for (let heard = await this.hear(method); heard; heard = await this.hear(method)) all.push(heard);
    return all;
  }

  private async upTo(mark: string): Promise<string | null> {
    await this.until(() => this.received.includes(mark));
    const at = this.received.indexOf(mark);
    if (at === -1 && this.received.length > 0)
      throw new Garbled(`closed in the middle of: ${this.received.toString('latin1').slice(0, 200)}`);
    return at === -1 ? null : this.taken(at + mark.length).toString('latin1');
  }

  private async bytes(length: number): Promise<string> {
    if (!Number.isInteger(length)) throw new Garbled('an answer without a length');
    await this.until(() => this.received.length >= length);
    if (this.received.length < length) throw new Garbled(`closed within a body of ${length} bytes`);
    return this.taken(length).toString();
  }

  private taken(length: number): Buffer {
    const taken = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return taken;
  }

  private async until(there: () => boolean): Promise<void> {
    const late = setTimeout(() => this.socket.destroy(new Error('late')), PATIENCE_MS);
    while (!there() && !this.closed) await new Promise<void>((woken) => (this.wake = woken));
    clearTimeout(late);
  }
}

const hasBody = (method: string, status: number): boolean => method !== 'HEAD' && status !== 204 && status !== 304;

function parsed(head: string): { status: number; headers: Headers } {
  const [line = '', ...fields] = head.trimEnd().split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/.exec(line)?.[1];
  if (status === undefined) throw new Garbled(`no status line: ${line.slice(0, 200)}`);
  const headers = new Headers();
  for (const field of fields) {
    const at = field.indexOf(':');
    if (at < 1) throw new Garbled(`no header: ${field.slice(0, 200)}`);
    headers.append(field.slice(0, at), field.slice(at + 1).trim());
  }
  return { status: Number(status), headers };
}
