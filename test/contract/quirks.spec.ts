import { randomUUID } from 'node:crypto';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { actOnVolume, complete, create, hostsOf, rowsOf, update } from './calls';

/** What Cinder's clients do on the wire, and need; that they themselves work is shown by the tests of the project `clients`. */
let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const VERSION = 'OpenStack-API-Version';

describe('the document of versions', () => {
  const TOKENS = { 'without a token': () => null, 'with one': () => world.member, 'with one of nobody in particular': () => 'notused' };
  const HEADERS = [
    null,
    'volume 3.0',
    'volume 3.70',
    'volume latest',
    'volume 3.999',
    'volume 4.0',
    'volume 3',
    'volume',
    'compute 2.1',
    '',
  ];

  it.each(Object.entries(TOKENS))('%s, answers whatever version header comes along', async (_, token) => {
    for (const header of HEADERS) {
      const { status, body } = await world.request('GET', '/', undefined, { 'X-Auth-Token': token(), [VERSION]: header });

      expect([header, status, body.versions[0].version]).toEqual([header, 300, '3.71']);
    }
  });

  it('is told at /v3/ too without a token, but not to an older client, who names a user and wants a token', async () => {
    const asked = (headers: Record<string, string>) => world.request('GET', '/v3/', undefined, { 'X-Auth-Token': null, ...headers });

    expect(await asked({ [VERSION]: 'volume 3.999' })).toMatchObject({ status: 200, body: { versions: [{ version: '3.71' }] } });
    expect(await asked({ 'X-Auth-User': 'me' })).toMatchObject({ status: 204 });
    expect(await world.request('GET', '/v3', undefined, { 'X-Auth-Token': null })).toMatchObject({ status: 302 });
    expect(await world.request('POST', '/v3/', undefined, { 'X-Auth-Token': null })).toMatchObject({ status: 204 });
  });

  it('leads to a link that ends in /v3/, and from there to itself', async () => {
    const { body } = await world.request('GET', '/');
    const { href } = (body.versions[0].links as { rel: string; href: string }[]).find(({ rel }) => rel === 'self') ?? { href: '' };

    expect(href).toBe(`${world.gateway.url}/v3/`);
    expect(await world.request('GET', new URL(href).pathname)).toMatchObject({ status: 200, body });
  });

  it('says the version in force: the one that was asked for, or the oldest', async () => {
    const said = async (header: string) => (await world.request('GET', '/', undefined, { [VERSION]: header })).headers.get(VERSION);

    expect([await said('volume 3.44'), await said('volume 3.999')]).toEqual(['volume 3.44', 'volume 3.0']);
  });
});

describe('two version headers', () => {
  const OLD = 'X-OpenStack-Volume-API-Version';

  it('the newer one counts, and the older one alone counts for nothing', async () => {
    const list = (headers: Record<string, string | null>) => world.request('GET', '/v3/attachments', undefined, headers);

    expect(await list({ [VERSION]: 'volume 3.27', [OLD]: '3.0' })).toMatchObject({ status: 200 });
    expect(await list({ [VERSION]: 'volume 3.26', [OLD]: '3.44' })).toMatchObject({ status: 404 });
    expect(await list({ [VERSION]: null, [OLD]: '3.44' })).toMatchObject({ status: 404 });
  });
});

describe('null where a client has nothing to say', () => {
  const unsaid = aConnector('compute-1', { initiator: null, ip: null, mountpoint: null, multipath: null, nqn: null, wwpns: null });

  it('in the connector of an update', async () => {
    const { id, volume } = await world.reservedAttachment();

    expect(await update(world, id, unsaid)).toMatchObject({ status: 200, body: { attachment: { status: 'attaching' } } });

    expect(await rowsOf(world, volume)).toMatchObject([{ attached_host: 'compute-1', mountpoint: 'na' }]);
    expect(hostsOf(world, volume)).toEqual(['compute-1']);
  });

  it('in the connector of a create, the host too', async () => {
    const [volume, other] = [await world.volume(), await world.volume()];

    expect(await create(world, volume, { connector: unsaid })).toMatchObject({ status: 200 });
    expect(await create(world, other, { connector: { ...unsaid, host: null } })).toMatchObject({ status: 200 });

    expect([hostsOf(world, volume), hostsOf(world, other)]).toEqual([['compute-1'], ['']]);
  });

  it('for the connector of a create', async () => {
    const volume = await world.volume();

    expect(await create(world, volume, { connector: null })).toMatchObject({ status: 200, body: { attachment: { status: 'reserved' } } });
  });
});

describe.each([
  ['null', null],
  ['{}', {}],
])('%s as the value of an action', (_, value) => {
  it('reserves a volume and frees it', async () => {
    const volume = await world.volume();

    expect((await actOnVolume(world, volume, 'os-reserve', value)).status).toBe(202);
    expect((await world.st(volume))[0]).toBe('attaching');
    expect((await actOnVolume(world, volume, 'os-unreserve', value)).status).toBe(202);
    expect((await world.st(volume))[0]).toBe('available');
  });

  it('begins a detach, takes that back, and detaches', async () => {
    const volume = await world.volume();
    await actOnVolume(world, volume, 'os-attach', { instance_uuid: randomUUID(), mountpoint: '/dev/vdb' });

    expect((await actOnVolume(world, volume, 'os-begin_detaching', value)).status).toBe(202);
    expect((await world.st(volume))[0]).toBe('detaching');
    expect((await actOnVolume(world, volume, 'os-roll_detaching', value)).status).toBe(202);
    expect((await world.st(volume))[0]).toBe('in-use');
    expect((await actOnVolume(world, volume, 'os-detach', value)).status).toBe(202);
    expect(await world.st(volume)).toEqual(['available', 'detached']);
  });

  it('deletes by force', async () => {
    const volume = await world.volume();

    expect((await actOnVolume(world, volume, 'os-force_delete', value, { 'X-Auth-Token': world.admin })).status).toBe(202);

    await until('it is gone', async () => (await world.request('GET', `/v3/volumes/${volume}`)).status === 404);
  });
});

describe.each([
  ['with a body', {}],
  ['with a Content-Type and no body', undefined],
])('a DELETE %s', (_, body) => {
  const JSON_TYPE = { 'Content-Type': 'application/json' };

  it('deletes an attachment', async () => {
    const { id, volume } = await world.attachingAttachment();
    await complete(world, id);

    expect(await world.request('DELETE', `/v3/attachments/${id}`, body, JSON_TYPE)).toMatchObject({
      status: 200,
      body: { attachments: [] },
    });

    expect(hostsOf(world, volume)).toEqual([]);
  });

  it('deletes a key of the metadata, and a volume', async () => {
    const volume = await world.volume();
    await world.request('POST', `/v3/volumes/${volume}/metadata`, { metadata: { a: '1' } });

    expect((await world.request('DELETE', `/v3/volumes/${volume}/metadata/a`, body, JSON_TYPE)).status).toBe(200);
    expect((await world.request('DELETE', `/v3/volumes/${volume}`, body, JSON_TYPE)).status).toBe(202);
  });
});
