import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '@app/domain';
import { Agent, request } from 'undici';
import { caIn } from './ca-file.js';
import type { KeystoneConfig } from './keystone.config.js';

export interface KeystoneAnswer {
  /** Who said it. */
  url: string;
  status: number;
  /** Parsed; null where it is no JSON. */
  body: unknown;
  /** The token that a `POST /auth/tokens` made. */
  subjectToken: string | null;
}

interface Question {
  method: 'GET' | 'POST';
  /** Behind the URL. */
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

/** It could not be asked, or what it said makes no sense: nobody knows whether the token is good. */
export class KeystoneUnavailable extends Error {
  override readonly name = 'KeystoneUnavailable';
}

/** More questions at once wait for one of these. */
const CONNECTIONS = 50;
const FIRST_PAUSE_MS = 100;

/** The HTTP side of Keystone's `/v3/auth/tokens`, at one of several URLs. What does not speak as Keystone does, a proxy for one, has not answered. */
export class Keystone {
  readonly urls: readonly string[];
  private readonly agent: Agent;
  /** The one that answered last. */
  private current = 0;

  /** @throws StartError when OS_CACERT is no certificate */
  constructor(private readonly config: KeystoneConfig) {
    this.urls = config.OS_AUTH_URL.split(',').map((url) => `${url.trim().replace(/\/+$/, '').replace(/\/v3$/, '')}/v3`);
    this.agent = new Agent({ connections: CONNECTIONS, connect: { ca: caIn(config), timeout: config.KEYSTONE_TIMEOUT_MS } });
  }

  /** A question that may be asked twice: both that there are may. @throws KeystoneUnavailable */
  async ask(method: 'GET' | 'POST', query: string, headers: Record<string, string>, body?: unknown): Promise<KeystoneAnswer> {
    const tries = Math.max(this.urls.length, this.config.KEYSTONE_RETRIES + 1);
    const why = new Map<string, unknown>();
    // The first repeat comes at once: some servers end a connection behind their answer, and the next question is lost on it.
    for (let round = 0; round < tries; round++) {
      if (round > this.urls.length) await pause(FIRST_PAUSE_MS * 2 ** (round - this.urls.length - 1));
      const url = this.urls[this.current] ?? '';
      try {
        const answer = await this.askOnce(url, { method, path: `/auth/tokens${query}`, headers, body });
        if (says(answer, ['token', 'error'])) return answer;
        why.set(url, unexpected(answer));
      } catch (error) {
        why.set(url, error);
      }
      // Another question may have gone on from here meanwhile.
      if (this.urls[this.current] === url) this.current = (this.current + 1) % this.urls.length;
    }
    const each = [...why].map(([url, error]) => `at ${url}: ${messageOf(error)}`);
    throw new KeystoneUnavailable(`Keystone cannot be asked ${each.join('; ')}`, { cause: [...why.values()].at(-1) });
  }

  /** Of its URLs those where it does not answer, and why: a question goes on to the next one and hides it. */
  async silent(): Promise<Map<string, string>> {
    const each = await Promise.all(this.urls.map(async (url) => [url, await this.silence(url)] as const));
    return new Map(each.filter((one): one is [string, string] => one[1] !== null));
  }

  /** What is still asked has no answer. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async silence(url: string): Promise<string | null> {
    try {
      const answer = await this.askOnce(url, { method: 'GET', path: '', headers: {}, body: undefined });
      return says(answer, ['version']) ? null : unexpected(answer).message;
    } catch (error) {
      return messageOf(error);
    }
  }

  private async askOnce(url: string, { method, path, headers, body }: Question): Promise<KeystoneAnswer> {
    const answer = await request(`${url}${path}`, {
      method,
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      dispatcher: this.agent,
      signal: AbortSignal.timeout(this.config.KEYSTONE_TIMEOUT_MS),
    });
    const { 'x-subject-token': subjectToken } = answer.headers;
    return {
      url,
      status: answer.statusCode,
      body: parsed(await answer.body.text()),
      subjectToken: typeof subjectToken === 'string' ? subjectToken : null,
    };
  }
}

const says = ({ status, body }: KeystoneAnswer, what: readonly string[]): boolean =>
  status < 500 && what.some((name) => isObject(isObject(body) && body[name]));
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const unexpected = ({ status }: KeystoneAnswer): Error =>
  new Error(status < 500 ? `it answered ${status}, and not as Keystone does` : `it answered ${status}`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
