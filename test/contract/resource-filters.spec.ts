import { writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { currentRun } from '../support/test-run';
import { startWorld, type World } from '../support/world';
import { refusal } from './calls';

let shipped: World;
let configured: World;
beforeAll(async () => {
  const file = join(currentRun().folder, `filters-${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify({ attachment: ['volume_id~', 'attach_status'], volume: ['name~'] }));
  shipped = await startWorld({ workers: 0 });
  configured = await startWorld({ gateway: { RESOURCE_FILTERS_FILE: file } });
}, 180_000);
afterAll(async () => {
  await shipped.stop();
  await configured.stop();
});

const ask = (world: World, path: string, version = '3.34') =>
  world.request('GET', `/v3${path}`, undefined, { 'OpenStack-API-Version': `volume ${version}` });
const invalid = (key: string) => refusal(`Invalid filters ${key} are found in query options.`);

it('from 3.33 on callers are told by what they can filter', async () => {
  const attachment = { resource: 'attachment', filters: ['volume_id', 'status', 'instance_id', 'attach_status'] };

  expect((await ask(shipped, '/resource_filters?resource=attachment', '3.33')).body).toEqual({ resource_filters: [attachment] });
  expect((await ask(shipped, '/resource_filters')).body.resource_filters).toEqual([
    { resource: 'volume', filters: expect.arrayContaining(['name', 'consumes_quota']) as string[] },
    attachment,
  ]);
  expect((await ask(shipped, '/resource_filters?resource=backup')).body).toEqual({ resource_filters: [] });
  expect((await ask(configured, '/resource_filters?resource=volume')).body.resource_filters).toEqual([
    { resource: 'volume', filters: ['name~'] },
  ]);
  expect((await ask(shipped, '/resource_filters', '3.32')).status).toBe(404);
});

it('case 117: no filter of those that are there from the start looks for a part', async () => {
  expect(await ask(shipped, '/attachments?volume_id~=abc')).toMatchObject(invalid('volume_id~'));
  expect(await ask(shipped, '/volumes?name~=abc')).toMatchObject(invalid('name~'));
});

it('case 118: where volume_id~ is configured, a part of the id is enough from 3.34 on', async () => {
  const { id, volume } = await configured.reservedAttachment();
  await configured.reservedAttachment();
  const found = async (query: string): Promise<unknown> => (await ask(configured, `/attachments?${query}`)).body.attachments;

  expect(await found(`volume_id~=${volume.slice(0, 13)}`)).toEqual([expect.objectContaining({ id })]);
  expect(await found(`volume_id=${volume}`)).toEqual([expect.objectContaining({ id })]);
  expect(await found(`volume_id=${volume.slice(0, 13)}`)).toEqual([]);
  expect(await ask(configured, `/attachments?volume_id=${volume}`, '3.31')).toMatchObject(invalid('volume_id'));
});

it('what the file leaves out is refused from 3.31 on, and goes on before that', async () => {
  const { instance, id } = await configured.reservedAttachment();

  expect(await ask(configured, `/attachments?instance_id=${instance}`)).toMatchObject(invalid('instance_id'));
  expect((await ask(configured, `/attachments?instance_id=${instance}`, '3.30')).body.attachments).toEqual([
    expect.objectContaining({ id }),
  ]);
});

it('volumes are found by a part of their name, in which nothing is a pattern', async () => {
  for (const name of ['data_1', 'dataX1']) await configured.request('POST', '/v3/volumes', { volume: { size: 1, name } });
  const named = async (query: string): Promise<unknown> =>
    ((await ask(configured, `/volumes?${query}`)).body.volumes as { name: string }[]).map(({ name }) => name);

  expect(await named('name~=ata_1')).toEqual(['data_1']);
  expect(await named('name~=data')).toEqual(['dataX1', 'data_1']);
});
