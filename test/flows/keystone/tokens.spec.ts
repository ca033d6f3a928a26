import { KeystoneWorld, UNAUTHORIZED } from '../../support/keystone-world';

let given: KeystoneWorld;
let token: string;
beforeAll(async () => {
  given = await KeystoneWorld.start();
  token = await given.member.token();
}, 180_000);
afterAll(() => given.stop());

it('a member of a project uses what is in it, and nothing else', async () => {
  const stranger = await (await given.identities.user(['member'], await given.identities.project())).token();
  const id = await given.world.volume({ token });

  expect((await given.list(token)).status).toBe(200);
  expect((await given.world.volumeRow(id)).project_id).toBe(given.project.id);
  expect((await given.world.request('GET', `/v3/volumes/${id}`, undefined, { 'X-Auth-Token': stranger })).status).toBe(404);
  expect((await given.world.request('GET', `/v3/${given.project.id}/volumes/${id}`, undefined, { 'X-Auth-Token': token })).status).toBe(
    200,
  );
});

it('an administrator of any project uses what is in all of them', async () => {
  const admin = await (await given.identities.user(['admin'], await given.identities.project())).token();
  const ofSystem = await (await given.identities.user(['admin'], null)).token();
  const id = await given.world.volume({ token });

  for (const asked of [admin, ofSystem]) {
    expect((await given.world.request('GET', `/v3/volumes/${id}`, undefined, { 'X-Auth-Token': asked })).status).toBe(200);
  }
});

it('a volume belongs to a project, so nobody makes one with a token that names none', async () => {
  const ofSystem = await (await given.identities.user(['admin'], null)).token();

  const made = await given.world.request('POST', '/v3/volumes', { volume: { size: 1 } }, { 'X-Auth-Token': ofSystem });

  expect(made).toMatchObject({ status: 400, body: { badRequest: { message: expect.stringContaining('the token names none') } } });
});

it('case 20: without a token nobody comes in, and is told where to get one', async () => {
  const answer = await given.list(null);

  expect(answer).toMatchObject({ status: 401, body: UNAUTHORIZED });
  expect(answer.headers.get('www-authenticate')).toBe(`Keystone uri="${given.keystone.url}/v3"`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-/);
});

it('what can be spoken is told to everybody, also with a token that is none', async () => {
  for (const headers of [{ 'X-Auth-Token': null }, { 'X-Auth-Token': 'none' }]) {
    expect((await given.world.request('GET', '/', undefined, headers)).status).toBe(300);
    expect((await given.world.request('GET', '/v3/', undefined, headers)).status).toBe(200);
  }
});

it.each([
  ['made up', () => 'gAAAAABmade-up'],
  ['an empty one', () => ''],
  ['a real one with a letter changed', () => `${token.slice(0, -3)}${token.at(-3) === 'A' ? 'B' : 'A'}${token.slice(-2)}`],
  ['with a line of its own in it', () => 'abc\tdef'],
])('a token that is none is refused: %s', async (_, bad) => {
  expect(await given.list(bad())).toMatchObject({ status: 401, body: UNAUTHORIZED });
});

it('blanks around a token are no part of it', async () => {
  expect((await given.list(`  ${token} `)).status).toBe(200);
});

it('what a client says of itself is not believed', async () => {
  const id = await given.world.volume({ token });
  const said = {
    'X-Roles': 'admin',
    'X-Service-Roles': 'service',
    'X-Project-Id': 'other',
    'X-User-Id': 'root',
    'X-Is-Admin-Project': 'True',
    'X-Identity-Status': 'Confirmed',
  };

  expect(await given.list(null, said)).toMatchObject({ status: 401 });
  const reset = await given.world.request(
    'POST',
    `/v3/volumes/${id}/action`,
    { 'os-reset_status': { status: 'error' } },
    { 'X-Auth-Token': token, ...said },
  );
  expect(reset.status).toBe(403);
});

it.each([
  ['of a service', async () => given.nova.token(), 200],
  ['of somebody who is no service', async () => given.member.token(), 401],
  ['that is none', async () => `${await given.nova.token()}x`, 401],
])('case 189 and its neighbours: a service token %s', async (_, service, status) => {
  const answer = await given.list(token, { 'X-Service-Token': await service() });

  expect(answer.status).toBe(status);
  if (status === 401) expect(answer.body).toEqual(UNAUTHORIZED);
});

it('a service token alone lets nobody in', async () => {
  expect((await given.list(null, { 'X-Service-Token': await given.nova.token() })).status).toBe(401);
});

it('many who come with one token at the same time cost one question', async () => {
  const fresh = await given.member.token();
  const before = given.keystone.validations;

  const answers = await Promise.all(Array.from({ length: 20 }, () => given.list(fresh)));

  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(given.keystone.validations - before).toBe(1);
});

it('an application credential may do what its rules say, for itself and through no service', async () => {
  await given.identities.endpoint('block-storage', 'http://127.0.0.1:8776/v3'); // a service that the catalog lacks is covered by no rule
  const rules = [{ service: 'block-storage', method: 'GET', path: '/v3/attachments' }];
  const restricted = await (await given.member.credential(rules)).token();
  const free = await (await given.member.credential()).token();
  const volumes = (asked: string) => given.world.request('GET', '/v3/volumes', undefined, { 'X-Auth-Token': asked });

  expect([(await given.list(free)).status, (await volumes(free)).status]).toEqual([200, 200]);
  expect([(await given.list(restricted)).status, (await volumes(restricted)).status]).toEqual([200, 401]);
});
