import { randomUUID } from 'node:crypto';
import { KeystoneWorld } from '../../support/keystone-world';
import { NovaStandIn } from '../../support/nova-stand-in';
import { aConnector } from '../../support/world';
import { conflict } from '../../contract/calls';

/** Compute is found in the catalog of the user's own token, and services are known by theirs. */
let given: KeystoneWorld;
let nova: NovaStandIn;
const REGION = 'guarded';
beforeAll(async () => {
  nova = await NovaStandIn.start();
  given = await KeystoneWorld.start({ config: { OS_REGION_NAME: REGION, SERVICE_TOKEN_ROLES: 'service, captain_awesome' } });
  await given.identities.endpoint('compute', 'http://127.0.0.1:1/v2.1', 'elsewhere');
  await given.identities.endpoint('compute', `${nova.url}/`, REGION);
}, 180_000);
afterAll(async () => {
  await given.stop();
  await nova.stop();
});

/** An attachment that an instance uses, by compute too. */
async function used() {
  const token = await given.member.token();
  const [volume, instance] = [await given.world.volume({ token }), randomUUID()];
  const asked = { attachment: { volume_uuid: volume, instance_uuid: instance, connector: aConnector() } };
  const { body } = await given.world.request('POST', '/v3/attachments', asked, { 'X-Auth-Token': token });
  const { id } = body.attachment as { id: string };
  nova.says(volume, { attachmentId: id });
  const remove = (headers: Record<string, string> = {}) =>
    given.world.request('DELETE', `/v3/attachments/${id}`, undefined, { 'X-Auth-Token': token, ...headers });
  return { token, volume, instance, remove };
}

it.each<[string, Record<string, string>]>([
  ['compute is asked at the endpoint of its region with the token of the user', {}],
  ['case 190: what a header says of a service’s roles is not believed', { 'X-Service-Roles': 'service' }],
])('%s', async (_, headers) => {
  const { token, volume, instance, remove } = await used();

  const refused = conflict(`ConflictNovaUsingAttachment: Detach volume from instance ${instance} using the Compute API`);
  expect(await remove(headers)).toMatchObject(refused);

  expect(nova.askedAbout(volume)).toMatchObject([{ headers: { 'x-auth-token': token } }]);
});

it.each([
  ['180', ['reader', 'service']],
  ['181', ['reader', 'captain_awesome']],
])('case %s: a service with the roles %j is not asked about', async (_, roles) => {
  const { volume, remove } = await used();
  const service = await given.identities.user(roles, await given.identities.project());

  expect(await remove({ 'X-Service-Token': await service.token() })).toMatchObject({ status: 200, body: { attachments: [] } });

  expect(nova.askedAbout(volume)).toEqual([]);
});
