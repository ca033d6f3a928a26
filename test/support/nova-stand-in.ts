import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What compute says of a volume at an instance. */
export type NovaSays = { attachmentId: string } | { status: number; body?: unknown } | 'nothing';

/** What compute was asked. */
export interface NovaQuestion {
  path: string;
  headers: IncomingHttpHeaders;
}

const ATTACHMENT = /^\/v2\.1\/servers\/[^/]+\/os-volume_attachments\/([^/]+)$/;

/**
 * Compute, as far as it is asked by the delete guard, `GET /servers/{id}/os-volume_attachments/{volume}`, and told of volumes, played, since nobody runs a Nova
 * here. Of a volume that it was told nothing of it knows nothing.
 */
export class NovaStandIn {
  readonly questions: NovaQuestion[] = [];
  /** The newest microversion that it says to speak. */
  newest = '2.96';
  /** What it was told, one entry for each request. */
  readonly events: { events: unknown; headers: IncomingHttpHeaders }[] = [];
  /** What it answers to those, the first to the first; 200 once there are none. */
  eventAnswers: number[] = [];
  private readonly sayings = new Map<string, NovaSays>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const path = request.url ?? '';
      this.questions.push({ path, headers: request.headers });
      if (path === '/v2.1/')
        return void response.end(JSON.stringify({ version: { id: 'v2.1', version: this.newest, min_version: '2.1' } }));
      if (path === '/v2.1/os-server-external-events') return void this.takeEvents(request, response);
      const volume = ATTACHMENT.exec(path)?.[1];
      const says = volume === undefined ? { status: 404 } : (this.sayings.get(volume) ?? UNKNOWN);
      if (says === 'nothing') return;
      const { status, body } = answerTo(says);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  static async start(): Promise<NovaStandIn> {
    const nova = new NovaStandIn();
    await new Promise<void>((listening) => nova.server.listen(0, '127.0.0.1', listening));
    return nova;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v2.1`;
  }

  says(volume: string, what: NovaSays): void {
    this.sayings.set(volume, what);
  }

  private async takeEvents(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { events } = JSON.parse(await text(request)) as { events: unknown };
    this.events.push({ events, headers: request.headers });
    response.writeHead(this.eventAnswers.shift() ?? 200).end('{}');
  }

  askedAbout(volume: string): NovaQuestion[] {
    return this.questions.filter(({ path }) => path.endsWith(`/os-volume_attachments/${volume}`));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

const UNKNOWN = { status: 404, body: { itemNotFound: { code: 404, message: 'Instance could not be found.' } } };

function answerTo(says: Exclude<NovaSays, 'nothing'>): { status: number; body?: unknown } {
  return 'status' in says ? says : { status: 200, body: { volumeAttachment: { attachment_id: says.attachmentId } } };
}
