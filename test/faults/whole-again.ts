import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Installation } from './installation';
import { type Answered, connectorOf, request } from './recorder';

/** What a killed installation has to be whole again. */
export const LIMIT_MS = 30_000;

/**
 * Resolves with the ms after which all that had been promised before was carried out, each gateway had carried out a whole attachment of its
 * own on a new volume, and, where asked for, every worker heard bells; rejects at the limit.
 */
export async function wholeAgain(installation: Installation, bells: boolean): Promise<number> {
  const begun = performance.now();
  const [clock] = await patiently(begun, () => installation.rows<{ now: string }>('select clock_timestamp()::text as now'));
  await Promise.all([
    patiently(begun, () => carriedOutBefore(installation, clock?.now ?? '')),
    ...installation.gateways.map(({ url }) => patiently(begun, () => wholeLife(url))),
    ...(bells ? [patiently(begun, () => heard(installation))] : []),
  ]);
  return performance.now() - begun;
}

/** Again and again until it does not throw; what it threw last is told at the limit. */
async function patiently<T>(begun: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() - begun > LIMIT_MS) throw new Error(`not whole within ${LIMIT_MS} ms: ${String(error)}`, { cause: error });
      await pause(250);
    }
  }
}

async function carriedOutBefore(installation: Installation, moment: string): Promise<void> {
  const left = await installation.rows<{ id: string; kind: string }>(
    `select id, kind from operations where created_at < $1::timestamptz and state in ('pending', 'running')`,
    [moment],
  );
  if (left.length > 0) throw new Error(`unfinished: ${left.map(({ id, kind }) => `${kind} ${id}`).join(', ')}`);
}

async function heard(installation: Installation): Promise<void> {
  const listeners = await installation.listeners();
  if (listeners !== installation.workers.length) throw new Error(`bells are heard by ${listeners}`);
}

async function wholeLife(gateway: string): Promise<void> {
  const volume = await newVolume(gateway, {});
  const body = { volume_uuid: volume, instance_uuid: randomUUID() };
  const made = expected(200, await request(gateway, 'POST', '/v3/attachments', { attachment: body }));
  const path = `/v3/attachments/${made.body.attachment.id}`;
  expected(200, await request(gateway, 'PUT', path, { attachment: { connector: connectorOf('probe') } }));
  expected(204, await request(gateway, 'POST', `${path}/action`, { 'os-complete': null }));
  expected(200, await request(gateway, 'DELETE', path));
}

/** @returns its id once it is available. */
export async function newVolume(gateway: string, { type }: { type?: string }): Promise<string> {
  const made = expected(202, await request(gateway, 'POST', '/v3/volumes', { volume: { size: 1, volume_type: type } }));
  const id = made.body.volume.id as string;
  for (let looks = 0; looks < 100; looks++) {
    const { body } = await request(gateway, 'GET', `/v3/volumes/${id}`);
    if (body.volume?.status === 'available') return id;
    await pause(100);
  }
  throw new Error(`volume ${id} is not available`);
}

function expected(status: number, answer: Answered): Answered {
  if (answer.status !== status) throw new Error(`${answer.status} ${JSON.stringify(answer.body)} instead of ${status}`);
  return answer;
}
