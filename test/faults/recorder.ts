import { randomUUID } from 'node:crypto';
import type { Call, Verb } from './history/history';

/** A call as it is asked; the rest of it is what came of it. */
export interface Asked {
  client: string;
  verb: Verb;
  volume: string;
  attachment: string | null;
  instance: string | null;
  host: string | null;
  globalRequest?: string;
}

/** A recorded call, with the credential that its answer named: whose it is, the ledger tells at the end. */
export type Recorded = Call & { credential?: string | null; attachmentNamed?: string };

export interface Answered {
  status: number;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever the wire says
}

const PROJECT = '89afd400b646452b8db1b8d3a5c0f6a1';
const HEADERS = { 'X-Auth-Token': `compute:${PROJECT}:member`, 'OpenStack-API-Version': 'volume 3.44', 'Content-Type': 'application/json' };
const ADMIN = { ...HEADERS, 'X-Auth-Token': `admin:${PROJECT}` };

/** As long as a client waits for an answer at most: longer than the gateway's wait limit. */
const GIVE_UP_MS = 75_000;

/** Asks gateways, and writes down what was asked and answered, and when. */
export class Recorder {
  readonly calls: Recorded[] = [];

  /** Null: nobody knows whether it was heard. Undefined: it was not, since nobody listened; nothing is written down. */
  async call(gateway: string, asked: Asked): Promise<Answered | null | undefined> {
    const call: Recorded = {
      ...asked,
      request: `req-${randomUUID()}`,
      invokedAt: performance.now(),
      answeredAt: null,
      status: null,
      told: {},
    };
    this.calls.push(call);
    try {
      const answer = await request(gateway, ...wireOf(asked), asked.globalRequest ? { 'X-OpenStack-Request-ID': asked.globalRequest } : {});
      Object.assign(call, { answeredAt: performance.now(), status: answer.status }, factsOf(asked.verb, answer));
      return answer;
    } catch (error) {
      if (!isRefused(error)) return null;
      this.calls.splice(this.calls.indexOf(call), 1);
      return undefined;
    }
  }
}

/** Whatever is no call of a compute service. @throws when it was not answered. */
export const request = async (
  gateway: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> => {
  const response = await fetch(`${gateway}${path}`, {
    method,
    headers: { ...HEADERS, ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(GIVE_UP_MS),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
};

export const asAdmin = { 'X-Auth-Token': ADMIN['X-Auth-Token'] };

/** What an instance's host says of itself. */
export const connectorOf = (host: string) => ({
  initiator: `iqn.1993-08.org.debian:01:${host}`,
  ip: '192.168.1.20',
  host,
  platform: 'x86_64',
  os_type: 'linux2',
  multipath: false,
  mountpoint: '/dev/vdb',
  mode: 'rw',
});

function wireOf({ verb, volume, attachment, instance, host }: Asked): [string, string, unknown] {
  const connector = host === null ? undefined : connectorOf(host);
  const path = `/v3/attachments/${attachment}`;
  switch (verb) {
    case 'reserve':
    case 'create':
      return ['POST', '/v3/attachments', { attachment: { volume_uuid: volume, instance_uuid: instance, connector } }];
    case 'update':
      return ['PUT', path, { attachment: { connector } }];
    case 'complete':
      return ['POST', `${path}/action`, { 'os-complete': null }];
    case 'delete':
      return ['DELETE', path, undefined];
    case 'show':
      return ['GET', path, undefined];
  }
}

function factsOf(verb: Verb, { status, body }: Answered): Pick<Recorded, 'told' | 'credential'> {
  if (status >= 400) return { told: { message: messageOf(body) } };
  if (verb === 'delete') return { told: { remaining: (body.attachments as { id: string }[]).map(({ id }) => id) } };
  if (verb === 'complete') return { told: {} };
  const { id, status: attachmentStatus, instance, connection_info: info } = body.attachment;
  return { told: { attachmentId: id, attachmentStatus, instance }, credential: info.auth_username ?? null };
}

/** The driver has failed for good, in words: that is an answer. Other errors of the server leave it open. */
export const saysWhy = (message: string): boolean => /^Unable to (update|create) attachment( for volume)? \(/.test(message);

/** The one member of a fault's body, whatever its name, says why. */
export const messageOf = (body: Answered['body']): string => {
  const [fault] = typeof body === 'string' ? [] : Object.values(body as Record<string, { message?: string }>);
  return fault?.message ?? String(body);
};

const isRefused = (error: unknown): boolean => {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return cause?.code === 'ECONNREFUSED';
};
