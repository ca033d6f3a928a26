import { randomUUID } from 'node:crypto';

/** One call of a cycle. */
export interface Call {
  /** Under this name its times are reported. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
  expected: number;
  /** Looks at the answer: false makes it an error, however good its status. */
  holds?: (body: any) => boolean; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever the wire says
}

/** What a client knows: its own volume, and the attachments that are stored. */
export interface ClientFacts {
  volume: string;
  /** A sample of the ids that are stored. */
  stored: readonly string[];
  /** The stored attachment in the middle of the list; null where nothing is stored. */
  middle: string | null;
}

/** The calls of one cycle, each yielded and its answer given back. */
export type Cycle = Generator<Call, void, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- as above

export const WORKLOADS = { 'attach-cycle': attachCycle, 'reserve-cycle': reserveCycle, show, list } as const;
export type Workload = keyof typeof WORKLOADS;

export const PAGE = 100;

function* attachCycle({ volume }: ClientFacts): Cycle {
  const request = { volume_uuid: volume, instance_uuid: randomUUID(), connector: connector() };
  const made = yield { ...call('create', 'POST', '/v3/attachments', { attachment: request }), holds: isConnected };
  const id: string = made.attachment.id;
  yield complete(id);
  yield { ...call('show', 'GET', `/v3/attachments/${id}`), holds: isAttached };
  yield call('delete', 'DELETE', `/v3/attachments/${id}`);
}

function* reserveCycle({ volume }: ClientFacts): Cycle {
  const made = yield call('create', 'POST', '/v3/attachments', { attachment: { volume_uuid: volume, instance_uuid: randomUUID() } });
  const id: string = made.attachment.id;
  yield { ...call('update', 'PUT', `/v3/attachments/${id}`, { attachment: { connector: connector() } }), holds: isConnected };
  yield complete(id);
  yield call('delete', 'DELETE', `/v3/attachments/${id}`);
}

function* show({ stored }: ClientFacts): Cycle {
  const id = stored[Math.floor(Math.random() * stored.length)] ?? '';
  yield { ...call('show', 'GET', `/v3/attachments/${id}`), holds: isAttached };
}

/** The page behind the middle of the list, with the secrets that callers are shown. */
function* list({ middle }: ClientFacts): Cycle {
  const from = middle === null ? '' : `&marker=${middle}`;
  const wanted = middle === null ? 0 : PAGE;
  const holds = ({ attachments }: { attachments: { connection_info: { auth_password?: unknown } }[] }) =>
    attachments.length === wanted && attachments.every(({ connection_info: info }) => typeof info.auth_password === 'string');
  yield { ...call('list', 'GET', `/v3/attachments/detail?limit=${PAGE}${from}`), holds };
}

const call = (name: string, method: Call['method'], path: string, body?: unknown): Call => ({ name, method, path, body, expected: 200 });
const complete = (id: string): Call => ({
  ...call('complete', 'POST', `/v3/attachments/${id}/action`, { 'os-complete': null }),
  expected: 204,
});

const isConnected = (body: any): boolean => typeof body.attachment.connection_info.auth_password === 'string'; // eslint-disable-line @typescript-eslint/no-explicit-any -- as above
const isAttached = (body: any): boolean => isConnected(body) && body.attachment.status === 'attached'; // eslint-disable-line @typescript-eslint/no-explicit-any -- as above

/** As os-brick describes a host to Cinder. */
export const connector = () => ({
  initiator: 'iqn.1993-08.org.debian:01:bench',
  ip: '192.168.1.20',
  platform: 'x86_64',
  host: 'bench-1',
  os_type: 'linux',
  multipath: false,
  mountpoint: '/dev/vdb',
});
