import { type ClientWorld, startClientWorld } from './client-world';
import { CINDER, OPENSTACK } from './packages';
import { printed } from './ran';
import { propertiesIn } from './tables';

/** The ways in which a client can be told where we are, beside those that every other test goes. */
let world: ClientWorld;
let volume: string;
let url: string;
let project: string;
beforeAll(async () => {
  world = await startClientWorld();
  volume = await world.volume();
  url = `${world.gateway.url}/v3`;
  project = world.member.split(':')[1] ?? '';
});
afterAll(() => world.stop());

it('cinder takes a URL with the project in it, asks for its own newest microversion, and is an administrator without a role', async () => {
  const said = await printed(CINDER, ['show', volume], {
    OS_AUTH_TYPE: 'noauth',
    OS_USER_ID: 'me',
    OS_PROJECT_ID: project,
    CINDER_ENDPOINT: `${url}/${project}`,
  });

  // A volume says from 3.65 on whether it counts for a quota.
  expect(propertiesIn(said)).toMatchObject({ 'os-vol-host-attr:host': `${world.backend}#fake`, consumes_quota: 'True' });
});

it.each(['', '/'])('openstack takes a URL without a project, with %p at its end, and everything as an option', async (end) => {
  const options = ['--os-auth-type', 'admin_token', '--os-token', world.member, '--os-endpoint', `${url}${end}`];

  const said = await printed(OPENSTACK, [...options, '--os-volume-api-version', '3.70', 'volume', 'list', '-f', 'value', '-c', 'ID'], {});

  expect(said.split('\n')).toContain(volume);
});

it('openstack needs no token: what its plugin `none` sends is one of nobody in particular, of a project with nothing in it', async () => {
  const options = ['--os-auth-type', 'none', '--os-endpoint', url];

  expect(await printed(OPENSTACK, [...options, 'volume', 'list', '-f', 'value', '-c', 'ID'], {})).not.toContain(volume);
  expect(await printed(OPENSTACK, [...options, 'volume', 'list', '--all-projects', '-f', 'value', '-c', 'ID'], {})).toContain(volume);
});
