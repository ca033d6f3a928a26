import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What became of a request: an answer, or what went wrong with its connection. */
export interface Outcome {
  status: number | null;
  body: string;
  /** Of the connection's failure: `ECONNRESET` and the like. */
  error: string | null;
  server: string;
}

interface Place {
  url: string;
  inRotation: boolean;
  agent: Agent;
}

/** Shorter than any server's, as a load balancer's must be: who closes a resting connection first cannot be cut off on it. */
const REST_MS = 500;

/**
 * What stands before several gateways: requests go to them in turn. A server that refuses a connection, or says `Connection: close`, gets no
 * more until it is put back. It never repeats what it has sent: a request that is cut off is its caller's to see.
 */
export class Balancer {
  private readonly places: Place[];
  private next = 0;
  /** How often a request went elsewhere because its first server took no connection. */
  turnedAway = 0;

  constructor(
    urls: readonly string[],
    private readonly headers: Record<string, string>,
  ) {
    this.places = urls.map((url) => ({
      url,
      inRotation: true,
      agent: new Agent({ keepAlive: true, timeout: REST_MS, scheduling: 'fifo' }),
    }));
  }

  putBack(url: string): void {
    for (const place of this.places) if (place.url === url) place.inRotation = true;
  }

  close(): void {
    for (const { agent } of this.places) agent.destroy();
  }

  async request(method: string, path: string, body?: unknown): Promise<Outcome> {
    for (;;) {
      const place = this.pick();
      if (!place) return { status: null, body: '', error: 'no server takes requests', server: '' };
      const outcome = await this.send(place, method, path, body);
      if (outcome.error !== 'ECONNREFUSED') return outcome;
      place.inRotation = false;
      this.turnedAway++;
    }
  }

  private pick(): Place | undefined {
    const taking = this.places.filter(({ inRotation }) => inRotation);
    return taking[this.next++ % Math.max(1, taking.length)];
  }

  private send(place: Place, method: string, path: string, body: unknown): Promise<Outcome> {
    const { url: server, agent } = place;
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...this.headers,
      ...(sent !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(sent) }),
    };
    return new Promise((resolve) => {
      const failed = (error: NodeJS.ErrnoException) => resolve({ status: null, body: '', error: error.code ?? error.message, server });
      const answered = (answer: IncomingMessage) => {
        if (answer.headers.connection === 'close') place.inRotation = false;
        text(answer).then((heard) => resolve({ status: answer.statusCode ?? null, body: heard, error: null, server }), failed);
      };
      // The agent's timeout is for resting connections; a request may take as long as the gateway lets it wait.
      request(`${server}${path}`, { method, headers, agent, timeout: 120_000 }, answered).on('error', failed).end(sent);
    });
  }
}
