import { randomUUID } from 'node:crypto';
import type { World } from '../../support/world';
import { PROJECT_1 } from '../../support/world';
import { type Asked, exchange, type Reply } from './wire';
import { DISCOVERY, VolumeApi } from './volume-api';

/** An endpoint of the catalogue names the project, or does not. */
export const ENDPOINTS = ['/v3', `/v3/${PROJECT_1}`];

const SERVICE_TOKEN = 'nova:service:service';

interface Exchange {
  by: string;
  asked: Asked;
  status: number;
  /** What the volumes are once it is answered. */
  left: string[];
}

export interface Circumstances {
  /** Volumes that are looked at after each answer, by the names that the trace gives them. */
  volumes: Record<string, string>;
  endpoint?: string;
  token?: string;
}

/** What a user asks of Nova, as block storage hears of it: all services that work on it send its request id and the user's token. */
export class UserRequest {
  readonly globalId = `req-${randomUUID()}`;
  readonly api = this.service('api');
  readonly conductor = this.service('conductor');
  private readonly exchanges: Exchange[] = [];

  constructor(
    private readonly world: World,
    private readonly circumstances: Circumstances,
  ) {}

  /** The compute service of a host. */
  compute(host = 'compute'): VolumeApi {
    return this.service(host);
  }

  /**
   * Every request in its order: who sent it, method, path, action and microversion; then the status of its answer, and of each volume and
   * its live attachments after it. P stands for the endpoint, and the given names for ids.
   */
  trace(names: Record<string, string> = {}): string[] {
    const words = Object.entries({ ...this.circumstances.volumes, ...names });
    return this.exchanges.map(({ by, asked, status, left }) => {
      const line = [by, ...spoken(asked)].join(' ');
      return `${words.reduce((text, [name, id]) => text.replaceAll(id, name), line)} → ${[status, ...left].join(', ')}`;
    });
  }

  private service(by: string): VolumeApi {
    return new VolumeApi(by, async (asked) => {
      const reply = await this.send(by, asked);
      const left = await Promise.all(Object.values(this.circumstances.volumes).map((volume) => this.situation(volume)));
      this.exchanges.push({ by, asked, status: reply.status, left });
      return reply;
    });
  }

  private send(by: string, asked: Asked): Promise<Reply> {
    const { endpoint = '/v3', token = this.world.member } = this.circumstances;
    const discovers = asked === DISCOVERY;
    const text = asked.body && JSON.stringify(asked.body);
    const path = discovers ? endpoint.slice(0, endpoint.indexOf('v3')) : endpoint + asked.path;
    const tokens = { 'X-Auth-Token': token, 'X-Service-Token': SERVICE_TOKEN };
    return exchange(
      `${this.world.gateway.url}${path}`,
      asked.method,
      discovers
        ? { Accept: '*/*', 'User-Agent': `nova-${['api', 'conductor'].includes(by) ? by : 'compute'} keystoneauth1`, ...tokens }
        : {
            Accept: 'application/json',
            'User-Agent': 'python-cinderclient',
            'X-OpenStack-Request-ID': this.globalId,
            ...tokens,
            ...(text !== undefined && { 'Content-Type': 'application/json' }),
            ...(asked.microversion !== undefined && { 'OpenStack-API-Version': `volume ${asked.microversion}` }),
          },
      text,
    );
  }

  private async situation(volume: string): Promise<string> {
    const [row] = await this.world.query(
      `select v.status, array(select a.attach_status from attachments a where a.volume_id = v.id and not a.deleted order by a.created_at) held
       from volumes v where v.id = $1`,
      [volume],
    );
    const held = (row?.held ?? []) as string[];
    return [row?.status as string, ...(held.length > 0 ? [`(${held.join(' + ')})`] : [])].join(' ');
  }
}

function spoken({ method, path, microversion, body = {} }: Asked): string[] {
  const action = path.endsWith('/action') ? Object.keys(body) : [];
  const connects = method === 'POST' && 'attachment' in body && (body.attachment as { connector: unknown }).connector !== null;
  return [
    method,
    path === '/' ? path : `P${path}`,
    ...action,
    ...(connects ? ['with connector'] : []),
    ...(microversion ? [microversion] : []),
  ];
}
