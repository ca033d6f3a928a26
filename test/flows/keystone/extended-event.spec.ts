import { randomUUID } from 'node:crypto';
import { KeystoneWorld } from '../../support/keystone-world';
import { NovaStandIn } from '../../support/nova-stand-in';
import { until } from '../../support/until';
import { aConnector } from '../../support/world';

/** A volume in use has grown: compute is told, by the service itself, so that guests see it. Compute is played. */
let given: KeystoneWorld;
let nova: NovaStandIn;
let token: string;
const REGION = 'growing';
beforeAll(async () => {
  nova = await NovaStandIn.start();
  given = await KeystoneWorld.start({ config: { OS_REGION_NAME: REGION } });
  await given.identities.endpoint('compute', nova.url, REGION);
  token = await given.member.token();
}, 180_000);
afterAll(async () => {
  await given.stop();
  await nova.stop();
});
beforeEach(() => nova.events.splice(0));

const call = (method: string, path: string, body: unknown) => given.world.request(method, path, body, { 'X-Auth-Token': token });

async function attachedTo(volume: string): Promise<string> {
  const instance = randomUUID();
  const asked = { attachment: { volume_uuid: volume, instance_uuid: instance, connector: aConnector(instance) } };
  const { body } = await call('POST', '/v3/attachments', asked);
  await call('POST', `/v3/attachments/${body.attachment.id as string}/action`, { 'os-complete': null });
  return instance;
}

const extend = (volume: string) => call('POST', `/v3/volumes/${volume}/action`, { 'os-extend': { new_size: 2 } });
const grown = (volume: string) => until('it has grown', async () => (await given.world.volumeRow(volume)).size === 2);

it('the instance that uses it is named, by the service’s own token, once the new size can be read', async () => {
  const volume = await given.world.volume({ token });
  const instance = await attachedTo(volume);

  const answer = await extend(volume);
  await until('compute is told', () => nova.events.length > 0);

  expect(answer.status).toBe(202);
  expect((await given.world.volumeRow(volume)).size).toBe(2);
  expect(nova.events).toEqual([
    {
      events: [{ name: 'volume-extended', server_uuid: instance, tag: volume }],
      headers: expect.objectContaining({
        'openstack-api-version': 'compute 2.51',
        'x-openstack-request-id': answer.headers.get('x-openstack-request-id'),
      }),
    },
  ]);
  expect(await given.identities.holderOf(String(nova.events[0]?.headers['x-auth-token']))).toBe(given.own.id);
});

it('it is told again when it did not take it', async () => {
  const volume = await given.world.volume({ token });
  const instance = await attachedTo(volume);
  nova.eventAnswers = [503];

  await extend(volume);
  await until('compute is told twice', () => nova.events.length === 2);

  expect(nova.events[1]).toMatchObject({ events: [{ server_uuid: instance }] });
});

it('by another token of the service’s when it does not take the one that is there', async () => {
  const volume = await given.world.volume({ token });
  await attachedTo(volume);
  nova.eventAnswers = [401];

  await extend(volume);
  await until('compute is told twice', () => nova.events.length === 2);

  const [refused, taken] = nova.events.map(({ headers }) => String(headers['x-auth-token']));
  expect(taken).not.toBe(refused);
  expect(await given.identities.holderOf(taken ?? '')).toBe(given.own.id);
});

it('of a volume that nobody uses it is told nothing', async () => {
  const [unused, used] = [await given.world.volume({ token }), await given.world.volume({ token })];
  const instance = await attachedTo(used);

  await extend(unused);
  await grown(unused);
  await extend(used);
  await until('compute is told of the other one', () => nova.events.length > 0);

  expect(nova.events).toMatchObject([{ events: [{ server_uuid: instance, tag: used }] }]);
});
