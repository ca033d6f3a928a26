import { KeystoneWorld } from '../../support/keystone-world';
import { ADMINS, ALL, homeOf, type People, people, type Persona, READERS, type Where } from './authorization/personas';

/*
 * What is of another project is not there: not as a marker, not by a filter, not in a list of all projects, for anybody but administrators
 * (spec: attachments-api §3.3, §4.1, §4.2; volumes-surface §2).
 */

const WHERES: readonly Where[] = ['here', 'of strangers', 'elsewhere'];

/** What a list holds, or the status that refuses it; `own` is what is of the caller's own project. */
type Told = 'own' | 'none' | 'all' | 'all others' | Where | 400 | 404;
type Line = [query: string, others: Told, admins: Told, version?: string];

const OF_BOTH: Line[] = [
  ['', 'own', 'own'],
  ['?all_tenants=1', 'own', 'all'],
  ['?all_tenants=1&project_id={project}', 400, 'elsewhere'],
  ['?all_tenants=1&project_id={project}', 'own', 'elsewhere', '3.30'],
  ['?marker={id}', 404, 404], // no page of the own project can have ended there
  ['?marker={id}&all_tenants=1', 404, 'all others'],
];
const OF_ATTACHMENTS: Line[] = [
  ['?volume_id={volume}', 'none', 'none'],
  ['?volume_id={volume}&all_tenants=1', 'none', 'elsewhere'],
  ['?instance_id={instance}', 'none', 'none'],
  ['?instance_id={instance}&all_tenants=1', 'none', 'elsewhere'],
  ['?attach_status=reserved', 'own', 'own'],
  ['?attach_status=reserved&all_tenants=1', 'own', 'all'],
  ['?project_id={project}', 400, 'own'],
  ['?project_id={project}', 'own', 'own', '3.30'],
];
const OF_VOLUMES: Line[] = [
  ['?name=elsewhere', 'none', 'none'],
  ['?name=elsewhere&all_tenants=1', 'none', 'elsewhere'],
  ['?status=reserved', 'own', 'own'],
  ['?status=reserved&all_tenants=1', 'own', 'all'],
];

let given: KeystoneWorld;
let who: People;
/** The one attachment, and its volume and instance, of each project; `elsewhere` has the newest. */
const made = {} as Record<Where, { id: string; volume: string; instance: string }>;
const services: Record<string, string> = {};

beforeAll(async () => {
  given = await KeystoneWorld.start();
  who = await people(given);
  services.good = await given.nova.token();
  for (const where of WHERES) {
    const token = await (await given.identities.user(['member'], who.projects[where])).token();
    const volume = await given.world.volume({ token });
    await given.world.query('update volumes set name = $2 where id = $1', [volume, where]);
    const instance = volume; // any id will do
    const body = { attachment: { volume_uuid: volume, instance_uuid: instance } };
    const answer = await given.world.request('POST', '/v3/attachments', body, { 'X-Auth-Token': token });
    made[where] = { id: answer.body.attachment.id as string, volume, instance };
  }
}, 180_000);
afterAll(() => given.stop());

function wheresOf(persona: Persona, told: Told): readonly Where[] {
  if (typeof told === 'number' || told === 'none') return [];
  if (told === 'all') return WHERES;
  if (told === 'all others') return WHERES.filter((where) => where !== 'elsewhere');
  return told === 'own' ? WHERES.filter((where) => where === homeOf(persona)) : [told];
}

async function listed(persona: Persona, path: string, [query, , , version = '3.44']: Line, service: string) {
  const { id, volume, instance } = made.elsewhere;
  const isOfVolumes = path.startsWith('/v3/volumes');
  const values = { id: isOfVolumes ? volume : id, volume, instance, project: who.projects.elsewhere.id };
  const asked = path + query.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof values) => values[name]);
  const { [service]: serviceToken = null } = services;
  const headers = { 'X-Auth-Token': who.tokens[persona], 'X-Service-Token': serviceToken, 'OpenStack-API-Version': `volume ${version}` };
  const { status, body, text } = await given.world.request('GET', asked, undefined, headers);
  const found = status === 200 ? ((isOfVolumes ? body.volumes : body.attachments) as { id: string }[]).map((one) => one.id) : [];
  const wheres = WHERES.filter((where) => found.includes(isOfVolumes ? made[where].volume : made[where].id));
  return { status, wheres, leaks: status !== 200 && text.includes(who.projects.elsewhere.id) };
}

function tabled(persona: Persona, [, others, admins]: Line, readers: readonly Persona[]) {
  if (!readers.includes(persona)) return { status: 403, wheres: [], leaks: false };
  const told = ADMINS.includes(persona) ? admins : others;
  return { status: typeof told === 'number' ? told : 200, wheres: wheresOf(persona, told), leaks: false };
}

describe.each(['none', 'good'])('with a service token that is %s', (service) => {
  describe.each(ALL)('%s', (persona) => {
    it.each([
      ['/v3/attachments', [...OF_BOTH, ...OF_ATTACHMENTS], ALL],
      ['/v3/attachments/detail', [...OF_BOTH, ...OF_ATTACHMENTS], ALL],
      ['/v3/volumes', [...OF_BOTH, ...OF_VOLUMES], READERS],
      ['/v3/volumes/detail', [...OF_BOTH, ...OF_VOLUMES], READERS],
    ])('finds by %s what is tabled', async (path, lines, readers) => {
      const heard: unknown[] = [];
      for (const line of lines) heard.push([line[0], line[3], await listed(persona, path, line, service)]);

      expect(heard).toEqual(lines.map((line) => [line[0], line[3], tabled(persona, line, readers)]));
    });
  });
});
