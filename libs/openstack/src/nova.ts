import { Agent, request } from 'undici';
import { caIn } from './ca-file.js';

/** Compute answered, and with an error. */
export class NovaError extends Error {
  override readonly name = 'NovaError';

  constructor(
    /** Of its answer. */
    readonly status: number,
    what: string,
  ) {
    super(`compute answered ${status} to ${what}`);
  }
}

interface Asked {
  /** Of the API, with its version. */
  url: string;
  /** Of whoever asks; a secret. */
  token: string;
  requestId: string;
}

/** What compute is told of a server: `tag` is the volume that it is about. */
export interface ServerEvent {
  name: 'volume-extended';
  server_uuid: string;
  tag: string;
}

/** More questions at once wait for one of these. */
const CONNECTIONS = 50;
/** The first microversion that knows the event of a volume that has grown. */
const KNOWS_EXTENDED = '2.51';
/** The first microversion whose answer says which attachment it is. */
const SAYS_ATTACHMENT = '2.89';
/** Multi-Status: of the others it knows no server, or none that runs. */
const TAKES_SOME = 207;
/** Of an endpoint, up to the version: some catalogs have the project behind it. */
const VERSIONED = /^.*\/v2\.1(?=\/|$)/;

/** The HTTP side of compute. Nothing is asked twice: whoever waits may ask again. */
export class Nova {
  private readonly agent: Agent;

  /** @throws StartError when OS_CACERT is no certificate */
  constructor(
    config: { OS_CACERT?: string },
    private readonly timeoutMs: number,
  ) {
    this.agent = new Agent({ connections: CONNECTIONS, connect: { ca: caIn(config), timeout: timeoutMs } });
  }

  /**
   * The id of the attachment that compute has for this volume at this instance; null: it knows none, or no such instance.
   * @throws NovaError; any other error where there was no answer, or none that makes sense
   */
  async attachmentOf(asked: Asked, instanceUuid: string, volumeId: string): Promise<string | null> {
    const path = `/servers/${encodeURIComponent(instanceUuid)}/os-volume_attachments/${encodeURIComponent(volumeId)}`;
    const { status, body } = await this.send(`${withoutSlash(asked.url)}${path}`, headersOf(asked, SAYS_ATTACHMENT));
    // Whatever else says 404, a proxy or a wrong URL, says nothing about the attachment.
    if (status === 404 && member(body, 'itemNotFound') !== undefined) return null;
    if (status >= 400 && status !== 404) throw new NovaError(status, `GET ${path}`);
    const id = member(member(body, 'volumeAttachment'), 'attachment_id');
    if (status !== 200 || typeof id !== 'string')
      throw new Error(`compute answered ${status} to GET ${path}, and not what attachment it is`);
    return id;
  }

  /** Whether it takes all of them. @throws NovaError where it takes none; any other error where there was no answer */
  async tell(asked: Asked, events: readonly ServerEvent[]): Promise<'all' | 'some'> {
    const path = '/os-server-external-events';
    const headers = { 'Content-Type': 'application/json', ...headersOf(asked, KNOWS_EXTENDED) };
    const { status } = await this.send(`${withoutSlash(asked.url)}${path}`, headers, JSON.stringify({ events }));
    if (status !== 200 && status !== TAKES_SOME) throw new NovaError(status, `POST ${path}`);
    return status === 200 ? 'all' : 'some';
  }

  /** The newest microversion that it speaks, which it tells without a token. @throws where there was no answer, or none that makes sense */
  async newestVersion(url: string): Promise<string> {
    const { status, body } = await this.send(`${withoutSlash(VERSIONED.exec(url)?.[0] ?? url)}/`, {});
    const newest = member(member(body, 'version'), 'version');
    if (typeof newest !== 'string') throw new Error(`compute at ${url} answered ${status}, and not what versions it speaks`);
    return newest;
  }

  /** What is still asked has no answer. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  /** With a body it is a POST. */
  private async send(url: string, headers: Record<string, string>, body: string | null = null): Promise<{ status: number; body: unknown }> {
    const answer = await request(url, {
      method: body === null ? 'GET' : 'POST',
      body,
      headers: { Accept: 'application/json', ...headers },
      dispatcher: this.agent,
      signal: AbortSignal.timeout(this.timeoutMs),
    });
    return { status: answer.statusCode, body: parsed(await answer.body.text()) };
  }
}

const headersOf = ({ token, requestId }: Asked, microversion: string): Record<string, string> => ({
  'X-Auth-Token': token,
  'OpenStack-API-Version': `compute ${microversion}`,
  'X-OpenStack-Nova-API-Version': microversion,
  'X-OpenStack-Request-ID': requestId,
});

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** Whether one of this microversion says which attachment it is. */
export function saysAttachment(microversion: string): boolean {
  const [major = 0, minor = 0] = microversion.split('.').map(Number);
  const [, needed = 0] = SAYS_ATTACHMENT.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= needed);
}

const member = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
