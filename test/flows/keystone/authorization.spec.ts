import { randomUUID } from 'node:crypto';
import type { Project } from '../../support/identities';
import { KeystoneWorld, UNAUTHORIZED } from '../../support/keystone-world';
import { aConnector } from '../../support/world';

/*
 * Who may do what, by the table of the contract and not by the rules of the code (spec: attachments-api §3.1): every persona, every kind of
 * call, to what is in the project, in another one, and nowhere; without a service token, with a good one, and with each that is none.
 */

const ADMINS = ['legacy_admin', 'system_admin', 'project_admin'];
const WRITERS = [...ADMINS, 'project_member'];
const READERS = [...WRITERS, 'project_reader'];
const INSIDERS = [...READERS, 'legacy_owner', 'project_foo'];
const OUTSIDERS = ['system_member', 'system_reader', 'system_foo', 'other_project_member', 'other_project_reader'];

interface Call {
  method: string;
  path: string;
  body?: object;
}
interface Operation {
  /** Who of those that may find it. */
  may: readonly string[];
  /** Of its success. */
  status: number;
  on: 'volume' | 'reserved' | 'attaching';
  call: (id: string) => Call;
}

const action = (id: string, name: string, said: unknown = {}): Call => ({
  method: 'POST',
  path: `/v3/volumes/${id}/action`,
  body: { [name]: said },
});
const attachment = (id: string) => `/v3/attachments/${id}`;

const OPERATIONS: Record<string, Operation> = {
  'create an attachment': {
    may: WRITERS,
    status: 200,
    on: 'volume',
    call: (id) => ({ method: 'POST', path: '/v3/attachments', body: { attachment: { volume_uuid: id } } }),
  },
  'show an attachment': { may: INSIDERS, status: 200, on: 'reserved', call: (id) => ({ method: 'GET', path: attachment(id) }) },
  'update an attachment': {
    may: WRITERS,
    status: 200,
    on: 'reserved',
    call: (id) => ({ method: 'PUT', path: attachment(id), body: { attachment: { connector: aConnector() } } }),
  },
  'complete an attachment': {
    may: WRITERS,
    status: 204,
    on: 'attaching',
    call: (id) => ({ method: 'POST', path: `${attachment(id)}/action`, body: { 'os-complete': null } }),
  },
  'delete an attachment': { may: WRITERS, status: 200, on: 'reserved', call: (id) => ({ method: 'DELETE', path: attachment(id) }) },
  'show a volume': { may: READERS, status: 200, on: 'volume', call: (id) => ({ method: 'GET', path: `/v3/volumes/${id}` }) },
  'update a volume': {
    may: WRITERS,
    status: 200,
    on: 'volume',
    call: (id) => ({ method: 'PUT', path: `/v3/volumes/${id}`, body: { volume: { name: 'n' } } }),
  },
  'delete a volume': { may: WRITERS, status: 202, on: 'volume', call: (id) => ({ method: 'DELETE', path: `/v3/volumes/${id}` }) },
  'read metadata': { may: READERS, status: 200, on: 'volume', call: (id) => ({ method: 'GET', path: `/v3/volumes/${id}/metadata` }) },
  'add metadata': {
    may: WRITERS,
    status: 200,
    on: 'volume',
    call: (id) => ({ method: 'POST', path: `/v3/volumes/${id}/metadata`, body: { metadata: { a: 'b' } } }),
  },
  'os-reserve': { may: WRITERS, status: 202, on: 'volume', call: (id) => action(id, 'os-reserve') },
  'os-extend': { may: WRITERS, status: 202, on: 'volume', call: (id) => action(id, 'os-extend', { new_size: 2 }) },
  'os-initialize_connection': {
    may: WRITERS,
    status: 200,
    on: 'volume',
    call: (id) => action(id, 'os-initialize_connection', { connector: aConnector() }),
  },
  'os-reset_status': { may: ADMINS, status: 202, on: 'volume', call: (id) => action(id, 'os-reset_status', { status: 'error' }) },
  'os-force_delete': { may: ADMINS, status: 202, on: 'volume', call: (id) => action(id, 'os-force_delete') },
};

let given: KeystoneWorld;
let elsewhere: Project;
const tokens: Record<string, string> = {};
const owners = new Map<string, string>();

beforeAll(async () => {
  given = await KeystoneWorld.start();
  const { identities, project } = given;
  elsewhere = await identities.project();
  const other = await identities.project();
  const roles: Record<string, [string, Project | null]> = {
    legacy_admin: ['admin', other],
    legacy_owner: ['a_role_that_no_rule_names', project],
    system_admin: ['admin', null],
    system_member: ['member', null],
    system_reader: ['reader', null],
    system_foo: ['foo', null],
    project_admin: ['admin', project],
    project_member: ['member', project],
    project_reader: ['reader', project],
    project_foo: ['foo', project],
    other_project_member: ['member', other],
    other_project_reader: ['reader', other],
  };
  for (const [persona, [role, where]] of Object.entries(roles)) tokens[persona] = await (await identities.user([role], where)).token();
  for (const where of [project, elsewhere]) owners.set(where.id, await (await identities.user(['member'], where)).token());
}, 180_000);
afterAll(() => given.stop());

const ask = ({ method, path, body }: Call, token: string | undefined, serviceToken: string | null) =>
  given.world.request(method, path, body, { 'X-Auth-Token': token ?? null, 'X-Service-Token': serviceToken });

async function made(on: Operation['on'], where: Project): Promise<string> {
  const token = owners.get(where.id) ?? '';
  const volume = await given.world.volume({ token });
  if (on === 'volume') return volume;
  const { body } = await ask(OPERATIONS['create an attachment']!.call(volume), token, null); // eslint-disable-line @typescript-eslint/no-non-null-assertion -- it stands above
  const { id } = body.attachment as { id: string };
  if (on === 'attaching')
    await ask({ method: 'PUT', path: attachment(id), body: { attachment: { connector: aConnector() } } }, token, null);
  return id;
}

/** What is not to be changed by any call that is refused. */
const kept = new Map<string, Promise<string>>();
function untouched(on: Operation['on'], where: Project): Promise<string> {
  const key = `${on} ${where.id}`;
  if (!kept.has(key)) kept.set(key, made(on, where));
  return kept.get(key) as Promise<string>;
}

function expected(persona: string, { may, status }: Operation, where: Project | null): number {
  if (where === null || (OUTSIDERS.includes(persona) && where !== null)) return 404;
  if (where === elsewhere && !ADMINS.includes(persona)) return 404;
  return may.includes(persona) ? status : 403;
}

describe.each([...INSIDERS, ...OUTSIDERS])('%s', (persona) => {
  it.each(['none', 'good'])(
    'with a service token that is %s',
    async (service) => {
      const serviceToken = service === 'good' ? await given.nova.token() : null;
      const heard: Record<string, number[]> = {};
      const tabled: Record<string, number[]> = {};

      for (const [name, operation] of Object.entries(OPERATIONS)) {
        for (const where of [given.project, elsewhere, null]) {
          const status = expected(persona, operation, where);
          const target = where === null ? randomUUID() : await (status < 400 ? made : untouched)(operation.on, where);
          (tabled[name] ??= []).push(status);
          (heard[name] ??= []).push((await ask(operation.call(target), tokens[persona], serviceToken)).status);
        }
      }

      expect(heard).toEqual(tabled);
    },
    120_000,
  );

  it.each([
    ['of somebody who is no service', () => given.member.token()],
    ['made up', async () => 'gAAAAAnone'],
  ])(
    'with a service token %s nothing is said but 401',
    async (_, token) => {
      const serviceToken = await token();

      for (const operation of Object.values(OPERATIONS)) {
        for (const target of [await untouched(operation.on, given.project), randomUUID()]) {
          expect(await ask(operation.call(target), tokens[persona], serviceToken)).toMatchObject({ status: 401, body: UNAUTHORIZED });
        }
      }
    },
    120_000,
  );
});

it('nothing that was refused has changed anything', async () => {
  for (const [key, id] of kept) {
    const [on] = key.split(' ');
    const volume = on === 'volume' ? await id : ((await given.world.attachmentRow(await id)).volume_id as string);
    const row = await given.world.volumeRow(volume);
    expect([row.status, row.name, row.size, row.metadata]).toEqual([on === 'volume' ? 'available' : on, null, 1, {}]);
  }
});
