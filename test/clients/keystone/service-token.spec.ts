import { randomUUID } from 'node:crypto';
import { NovaConfig } from '@app/openstack';
import { NovaStandIn } from '../../support/nova-stand-in';
import { aConnector } from '../../support/world';
import { type ClientWorld, startClientWorld } from '../client-world';
import { type KeystoneIdentity, REGION } from '../keystone-identity';
import { Sdk } from '../sdk';

/** What compute does with cinderclient and keystoneauth, and the same without the service's token; compute's own answers are played. */
let world: ClientWorld;
let nova: NovaStandIn;
let compute: Sdk;
let user: Sdk;
beforeAll(async () => {
  nova = await NovaStandIn.start();
  world = await startClientWorld({ nova: Object.assign(new NovaConfig(), { NOVA_GUARD: 'url', NOVA_URL: nova.url }) });
  const identity = world.identity as KeystoneIdentity;
  const given = { user: await identity.password(world.member), region: REGION };
  compute = Sdk.program('nova.py', { ...given, service: await identity.password('nova:aaaabbbbccccdddd:service') });
  user = Sdk.program('nova.py', { ...given, service: null });
}, 180_000);
afterAll(async () => {
  await Promise.all([compute.end(), user.end()]);
  await world.stop();
  await nova.stop();
});

it('compute attaches for a user, and detaches what the user may not', async () => {
  const [volume, instance] = [await world.volume(), randomUUID()];

  const { id } = await compute.call('attachments.create', { args: [volume, null, instance] });
  const updated = await compute.call('attachments.update', { args: [id, aConnector()] });
  await compute.call('attachments.complete', { args: [id] });
  nova.says(volume, { attachmentId: id as string });
  const refused = await user.refused('attachments.delete', { args: [id] });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  await compute.call('attachments.delete', { args: [id] });

  expect(updated).toMatchObject({ connection_info: { driver_volume_type: 'iscsi' } });
  expect(refused).toMatchObject({ error: 'ClientException', status: 409, message: expect.stringContaining(`instance ${instance}`) });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(nova.askedAbout(volume)).toHaveLength(1);
});
