import { writeFileSync } from 'node:fs';
import { PolicyConfig } from '../../apps/gateway/src/gateway.module';
import { currentRun } from '../support/test-run';
import { aConnector, PROJECT_2, startWorld, type World } from '../support/world';
import { actOnVolume, refusedBy } from './calls';

/** Rules that look at whose a volume is: what they say of the caller's own says nothing of what is somebody else's. */
const RULES = {
  'volume:update': `rule:admin_api and not '${PROJECT_2}':%(project_id)s`,
  'volume:delete': 'rule:spared',
  spared: 'rule:admin_api and not (not user_id:%(user_id)s)',
  'volume:attachment_secrets': 'project_id:%(project_id)s',
};

let world: World;
let foreign: string;
beforeAll(async () => {
  const path = `${currentRun().folder}/policy-targets.json`;
  writeFileSync(path, JSON.stringify(RULES));
  world = await startWorld({ policy: Object.assign(new PolicyConfig(), { POLICY_FILE: path }) });
  foreign = await world.volume({ token: world.stranger });
}, 120_000);
afterAll(() => world.stop());

const asAdmin = () => ({ 'X-Auth-Token': world.admin });
const named = { volume: { name: 'n' } };

it('a project that is excepted is spared by its volumes, not by the caller’s own', async () => {
  const own = await world.volume();

  expect(await world.request('PUT', `/v3/volumes/${own}`, named, asAdmin())).toMatchObject({ status: 200 });
  expect(await world.request('PUT', `/v3/volumes/${foreign}`, named, asAdmin())).toMatchObject(refusedBy('volume:update'));
});

it('so are the volumes of other users, also behind two of them', async () => {
  const [own, others] = [await world.volume({ token: world.admin }), await world.volume()];

  expect(await world.request('DELETE', `/v3/volumes/${others}`, undefined, asAdmin())).toMatchObject(refusedBy('volume:delete'));
  expect(await world.request('DELETE', `/v3/volumes/${own}`, undefined, asAdmin())).toMatchObject({ status: 202 });
});

it('an administrator elsewhere is shown no secrets that are for the project alone', async () => {
  const token = { 'X-Auth-Token': world.stranger };
  const attachment = { volume_uuid: await world.volume({ token: world.stranger }), connector: aConnector() };
  const made = await world.request('POST', '/v3/attachments', { attachment }, token);
  const { id, volume_id: volume } = made.body.attachment as { id: string; volume_id: string };
  const shown = async (headers: Record<string, string>): Promise<unknown[]> => {
    const one = await world.request('GET', `/v3/attachments/${id}`, undefined, headers);
    const all = await world.request('GET', `/v3/attachments/detail?all_tenants=1&volume_id=${volume}`, undefined, headers);
    const connected = await actOnVolume(world, foreign, 'os-initialize_connection', { connector: aConnector() }, headers);
    const infos: unknown[] = [
      one.body.attachment.connection_info,
      all.body.attachments[0].connection_info,
      connected.body.connection_info.data,
    ];
    return infos;
  };

  for (const info of await shown(token)) expect(info).toHaveProperty('auth_password');
  for (const info of await shown(asAdmin())) {
    expect(info).toHaveProperty('target_iqn');
    expect(info).not.toHaveProperty('auth_password');
  }
});
