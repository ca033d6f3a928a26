import { randomUUID } from 'node:crypto';
import type { FakeMethod } from '@app/drivers';
import type { Answer } from '../support/started-apps';
import { until } from '../support/until';
import type { World } from '../support/world';

/** That no other test has. */
export const aName = (of = 'v') => `${of}-${randomUUID()}`;

export const asAdmin = (world: World, method: string, path: string, body?: unknown): Promise<Answer> =>
  world.request(method, path, body, { 'X-Auth-Token': world.admin });

/** A volume as its project sees it. */
export const shownVolume = async (world: World, id: string) =>
  (await world.request('GET', `/v3/volumes/${id}`)).body.volume as Record<string, unknown>;

export const isAvailable = (world: World, id: string) => until(`${id} is available`, async () => (await world.st(id))[0] === 'available');
const isGone = (world: World, id: string) =>
  until(`${id} is gone`, async () => (await world.request('GET', `/v3/volumes/${id}`)).status === 404);

/** Gone from the backend too. */
export async function isDeleted(world: World, id: string): Promise<void> {
  await isGone(world, id);
  expect(wasDone(world, id, 'deleteVolume')).toBe(true);
  expect(world.ledger.volumes).not.toContain(id);
}

/** Larger, and at the backend too. */
export async function isOfSize(world: World, id: string, size: number): Promise<void> {
  await until(`${id} is of ${size} GiB`, async () => (await shownVolume(world, id)).size === size);
  expect(wasDone(world, id, 'extendVolume')).toBe(true);
}

const wasDone = (world: World, id: string, what: FakeMethod): boolean =>
  world.ledger.entries.some(({ volume, method, phase }) => volume === id && method === what && phase === 'done');

/** What both command lines can say of a host by the same options, and the connector that it makes. */
export const HOST = ['--initiator', 'iqn.1993-08.org.debian:01:c1', '--ip', '192.0.2.7', '--host', 'compute-7', '--platform', 'aarch64'];
export const SAID_OF_HOST = { initiator: 'iqn.1993-08.org.debian:01:c1', ip: '192.0.2.7', host: 'compute-7', platform: 'aarch64' };

/** Three attachments of one volume and one server, newest first; and one of another project. */
export async function attachmentsToList(world: World) {
  const [volume, server] = [await world.volume(), randomUUID()];
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) ids.unshift((await world.reservedAttachment(volume, server)).id);
  const theirs = { attachment: { volume_uuid: await world.volume({ token: world.stranger }) } };
  const { body } = await world.request('POST', '/v3/attachments', theirs, { 'X-Auth-Token': world.stranger });
  return { volume, server, ids, foreign: body.attachment.id as string };
}
