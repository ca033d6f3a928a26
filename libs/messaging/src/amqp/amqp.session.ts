import { type Channel, type ChannelModel, connect } from 'amqplib';
import type { AmqpAddress } from './amqp.address.js';

/** RabbitMQ calls a peer dead after two missed ones. */
const HEARTBEAT_S = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * One connection from its opening to its end. Whatever goes wrong with it or with a channel of it ends it as a whole, since making all anew
 * is the one way back that needs no cases.
 */
export class AmqpSession {
  /** Resolves with the reason; never rejects. */
  readonly ended: Promise<Error>;
  private resolveEnded: (reason: Error) => void;
  private readonly channels: Channel[] = [];

  private constructor(readonly connection: ChannelModel) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    connection.on('error', (error) => this.end(error));
    connection.on('close', (error) => this.end(error ?? new Error('the connection was closed')));
    // An error thrown by a listener of ours must not end the process.
    connection.on('handler-error', (error) => this.end(error));
  }

  /** `purpose` is the name that the broker shows for the connection. */
  static async open({ url, tls }: AmqpAddress, purpose: string, signal: AbortSignal): Promise<AmqpSession> {
    const attempt = connect(withHeartbeat(url), {
      ...tls,
      // Without it Nagle's algorithm holds every small message back for 40 ms.
      noDelay: true,
      keepAlive: true,
      timeout: CONNECT_TIMEOUT_MS,
      clientProperties: { connection_name: `mooring ${purpose}` },
    }).then((connection) => new AmqpSession(connection));
    return within(attempt, CONNECT_TIMEOUT_MS, signal).catch((error: unknown) => {
      // One that opens after all is closed again; one that fails after all was given up already.
      attempt.then((late) => late.close()).catch(() => undefined);
      throw error;
    });
  }

  async channel(): Promise<Channel> {
    const channel = await this.connection.createChannel();
    this.channels.push(channel);
    channel.on('error', (error) => this.end(error));
    channel.on('close', () => this.end(new Error('a channel was closed')));
    channel.on('handler-error', (error) => this.end(error));
    return channel;
  }

  end(reason: Error): void {
    this.resolveEnded(reason);
  }

  /** Never rejects, and takes no longer than a moment even where the broker is frozen. */
  async close(): Promise<void> {
    this.end(new Error('closed by this process'));
    try {
      await within(this.flushAndClose(), CLOSE_TIMEOUT_MS);
    } catch {
      // Closed by the other side already, or not answering: the socket goes below.
    }
    destroySocket(this.connection);
  }

  /** Channels first: amqplib lets the closing of a connection overtake the acknowledgements that still lie in its channels. */
  private async flushAndClose(): Promise<void> {
    await Promise.allSettled(this.channels.map((channel) => channel.close()));
    await this.connection.close();
  }
}

/** @throws the promise's own error, or one of its own when the time is over or the signal comes. The promise is never left unhandled. */
export async function within<T>(promise: Promise<T>, ms: number, signal?: AbortSignal): Promise<T> {
  let giveUp: (reason: Error) => void;
  const tooLong = new Promise<never>((_, reject) => (giveUp = reject));
  const timer = setTimeout(() => giveUp(new Error(`no answer within ${ms} ms`)), ms);
  const abort = () => giveUp(new Error('closed by this process'));
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  const wanted = Number(parsed.searchParams.get('heartbeat'));
  parsed.searchParams.set('heartbeat', String(wanted >= 1 && wanted <= HEARTBEAT_S ? wanted : HEARTBEAT_S));
  return parsed.href;
}

/**
 * amqplib only ends its half of the socket, and a peer that never ends its own would keep the process alive. With an error, since that is how
 * amqplib learns that it need not count heartbeats any more.
 */
function destroySocket(connection: ChannelModel): void {
  const { stream } = connection.connection as unknown as { stream?: { destroy(error: Error): void } }; // the socket is not in amqplib's types
  stream?.destroy(new Error('closed by this process'));
}
