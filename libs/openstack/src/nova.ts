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

/** The first microversion whose answer says which attachment it is. */
const SAYS_ATTACHMENT = '2.89';

/** The HTTP side of compute. Nothing is asked twice: whoever waits may ask again. */
export class Nova {
  private readonly agent: Agent;

  /** @throws StartError when OS_CACERT is no certificate */
  constructor(
    config: { OS_CACERT?: string },
    private readonly timeoutMs: number,
  ) {
    this.agent = new Agent({ connect: { ca: caIn(config), timeout: timeoutMs } });
  }

  /**
   * The id of the attachment that compute has for this volume at this instance; null: it knows none, or no such instance.
   * @throws NovaError; any other error where there was no answer, or none that makes sense
   */
  async attachmentOf(asked: Asked, instanceUuid: string, volumeId: string): Promise<string | null> {
    const path = `/servers/${encodeURIComponent(instanceUuid)}/os-volume_attachments/${encodeURIComponent(volumeId)}`;
    const { status, body } = await this.get(asked, path);
    // Whatever else says 404, a proxy or a wrong URL, says nothing about the attachment.
    if (status === 404 && member(body, 'itemNotFound') !== undefined) return null;
    if (status >= 400 && status !== 404) throw new NovaError(status, `GET ${path}`);
    const id = member(member(body, 'volumeAttachment'), 'attachment_id');
    if (status !== 200 || typeof id !== 'string')
      throw new Error(`compute answered ${status} to GET ${path}, and not what attachment it is`);
    return id;
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async get({ url, token, requestId }: Asked, path: string): Promise<{ status: number; body: unknown }> {
    const answer = await request(`${url.replace(/\/+$/, '')}${path}`, {
      headers: {
        Accept: 'application/json',
        'X-Auth-Token': token,
        'OpenStack-API-Version': `compute ${SAYS_ATTACHMENT}`,
        'X-OpenStack-Nova-API-Version': SAYS_ATTACHMENT,
        'X-OpenStack-Request-ID': requestId,
      },
      dispatcher: this.agent,
      signal: AbortSignal.timeout(this.timeoutMs),
    });
    return { status: answer.statusCode, body: parsed(await answer.body.text()) };
  }
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
