import { AttachmentsService } from '@app/attachments';
import type { FakeMethod } from '@app/drivers';
import { until } from '../support/until';
import { aConnector, type World } from '../support/world';

/** The calls of the cases, as a member of the project makes them. */
export const create = (world: World, volume: string, more: Record<string, unknown> = {}, version = '3.44') =>
  world.request(
    'POST',
    '/v3/attachments',
    { attachment: { volume_uuid: volume, ...more } },
    { 'OpenStack-API-Version': `volume ${version}` },
  );
export const update = (world: World, id: string, connector: Record<string, unknown> = aConnector()) =>
  world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector } });
export const complete = (world: World, id: string) => world.request('POST', `/v3/attachments/${id}/action`, { 'os-complete': null });
export const remove = (world: World, id: string, headers: Record<string, string> = {}) =>
  world.request('DELETE', `/v3/attachments/${id}`, undefined, headers);
export const actOnVolume = (world: World, volume: string, name: string, said: unknown = {}, headers: Record<string, string> = {}) =>
  world.request('POST', `/v3/volumes/${volume}/action`, { [name]: said }, headers);

/** What the gateway alone never brings about: a volume as another flow, or an administrator, would leave it. */
export async function volumeIs(world: World, volume: string, columns: Record<string, unknown>): Promise<void> {
  const set = Object.keys(columns).map((column, i) => `${column} = $${i + 2}`);
  await world.query(`update volumes set ${set.join(', ')} where id = $1`, [volume, ...Object.values(columns)]);
}

/** The live attachments of a volume, oldest first. */
export const rowsOf = (world: World, volume: string) =>
  world.query('select * from attachments where volume_id = $1 and not deleted order by created_at', [volume]);

/** How often the driver was asked for something about the volume, whatever came of it. */
export const asked = (world: World, volume: string, method: FakeMethod): number =>
  world.ledger.entries.filter((entry) => entry.volume === volume && entry.method === method && entry.phase === 'begin').length;

/** The hosts that the backend has connected to the volume. */
export const hostsOf = (world: World, volume: string): string[] =>
  world.ledger.connections.filter((connection) => connection.volume === volume).map(({ host }) => host);

/** For calls of a driver that hang and are counted: on a busy machine a short lease may run out, and the call is then made again. */
export const LONG_LEASE = { LEASE_MS: 15_000 };

/** Keeps an answer that is still awaited from being taken for an unhandled failure. */
export const pending = <T>(answer: Promise<T>): Promise<T> => {
  answer.catch(() => undefined);
  return answer;
};

/** A repeat of an update, sent and come so far that it has found the one in flight: from here on that one may end. */
export async function joining(world: World, id: string): Promise<{ answer: ReturnType<typeof update> }> {
  const begun = jest.spyOn(world.gateway.app.get(AttachmentsService), 'beginAttach');
  const answer = pending(update(world, id));
  await until('the repeat has looked for work in flight', () => begun.mock.results.length > 0);
  await begun.mock.results[0]?.value;
  begun.mockRestore();
  return { answer };
}

export const absent = (id: string) => ({
  status: 404,
  body: { itemNotFound: { code: 404, message: `Volume attachment could not be found with filter: attachment_id = ${id}.` } },
});
export const failure = (message: string) => ({ status: 500, body: { computeFault: { code: 500, message } } });
export const refusal = (message: string) => ({ status: 400, body: { badRequest: { code: 400, message } } });
/** By policy. */
export const refusedBy = (rule: string) => ({
  status: 403,
  body: { forbidden: { code: 403, message: `Policy doesn't allow ${rule} to be performed.` } },
});
export const conflict = (message: string) => ({ status: 409, body: { conflictingRequest: { code: 409, message } } });

export const GENERIC = 'The server has either erred or is incapable of performing the requested operation.';
export const BACKEND_API = 'Bad or unexpected response from the storage volume backend API:';
export const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;
