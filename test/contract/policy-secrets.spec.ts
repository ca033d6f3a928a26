import { writeFileSync } from 'node:fs';
import { PolicyConfig } from '../../apps/gateway/src/gateway.module';
import { currentRun } from '../support/test-run';
import { aConnector, startWorld, type World } from '../support/world';

/** An operator who trusts with credentials only what compute asks for in a user's name. */
const RULES = { 'volume:attachment_secrets': 'service_roles:service' };

const COMPUTE = { 'X-Service-Token': 'nova:services:service' };
const SOMEBODY = { 'X-Service-Token': 'u:p:member' };

let world: World;
beforeAll(async () => {
  const path = `${currentRun().folder}/policy-secrets.json`;
  writeFileSync(path, JSON.stringify(RULES));
  world = await startWorld({ policy: Object.assign(new PolicyConfig(), { POLICY_FILE: path }) });
}, 120_000);
afterAll(() => world.stop());

const CONNECTED = { attachment: { connector: aConnector() } };
type Answered = Awaited<ReturnType<World['request']>>;

/** Every call that answers with a connection. */
const CALLS: [string, (headers: Record<string, string>) => Promise<Answered>, (answer: Answered) => object][] = [
  [
    'show',
    async (headers) => world.request('GET', `/v3/attachments/${(await world.attachingAttachment()).id}`, undefined, headers),
    ({ body }) => body.attachment.connection_info as object,
  ],
  [
    'list with details',
    async (headers) =>
      world.request('GET', `/v3/attachments/detail?volume_id=${(await world.attachingAttachment()).volume}`, undefined, headers),
    ({ body }) => body.attachments[0].connection_info as object,
  ],
  [
    'update',
    async (headers) => world.request('PUT', `/v3/attachments/${(await world.reservedAttachment()).id}`, CONNECTED, headers),
    ({ body }) => body.attachment.connection_info as object,
  ],
  [
    'create with a connector',
    async (headers) =>
      world.request('POST', '/v3/attachments', { attachment: { volume_uuid: await world.volume(), ...CONNECTED.attachment } }, headers),
    ({ body }) => body.attachment.connection_info as object,
  ],
  [
    'os-initialize_connection',
    async (headers) =>
      world.request('POST', `/v3/volumes/${await world.volume()}/action`, { 'os-initialize_connection': CONNECTED.attachment }, headers),
    ({ body }) => body.connection_info.data as object,
  ],
];

describe.each(CALLS)('%s', (_, call, infoIn) => {
  it('shows compute the secrets', async () => {
    const info = infoIn(await call(COMPUTE));

    expect(info).toMatchObject({
      auth_method: 'CHAP',
      auth_username: expect.any(String),
      auth_password: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it.each([
    ['nothing', {}],
    ['a service token that is none', SOMEBODY],
    ['an administrator’s token', { 'X-Auth-Token': 'admin:89afd400b646452b8db1b8d3a5c0f6a1' }],
  ])('shows who comes with %s all but the secrets', async (_, headers) => {
    const answer = await call(headers);

    expect(infoIn(answer)).toMatchObject({ auth_method: 'CHAP', auth_username: expect.any(String), target_lun: 1 });
    expect(answer.text).not.toMatch(/auth_password|[0-9a-f]{64}/);
  });
});
