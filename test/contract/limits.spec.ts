import { randomUUID } from 'node:crypto';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const projectId = () => randomUUID().replaceAll('-', '');
const memberOf = (project: string) => ({ 'X-Auth-Token': `someone:${project}:member` });
const at = (version: string, headers: Record<string, string>) => ({ ...headers, 'OpenStack-API-Version': `volume ${version}` });

async function aProjectWith(...volumes: { size: number; name?: string; metadata?: Record<string, string> }[]): Promise<string> {
  const project = projectId();
  for (const volume of volumes) await world.request('POST', '/v3/volumes', { volume }, memberOf(project));
  return project;
}

it('a project is told what it uses, and that nothing is limited', async () => {
  const project = await aProjectWith({ size: 2 }, { size: 3 });

  const { status, body } = await world.request('GET', `/v3/${project}/limits`, undefined, at('3.0', memberOf(project)));

  expect([status, body]).toEqual([
    200,
    {
      limits: {
        rate: [],
        absolute: {
          maxTotalVolumes: -1,
          maxTotalVolumeGigabytes: -1,
          maxTotalSnapshots: -1,
          maxTotalBackups: -1,
          maxTotalBackupGigabytes: -1,
          totalVolumesUsed: 2,
          totalGigabytesUsed: 5,
          totalSnapshotsUsed: 0,
          totalBackupsUsed: 0,
          totalBackupGigabytesUsed: 0,
        },
      },
    },
  ]);
});

it('what is deleted is used no more, and a project without volumes uses nothing', async () => {
  const project = projectId();
  const id = await world.volume({ token: memberOf(project)['X-Auth-Token'] });
  const used = async (): Promise<unknown> => {
    const { body } = await world.request('GET', '/v3/limits', undefined, memberOf(project));
    return body.limits.absolute.totalVolumesUsed;
  };

  expect(await used()).toBe(1);
  await world.request('DELETE', `/v3/volumes/${id}`, undefined, memberOf(project));
  await world.settled();
  expect(await used()).toBe(0);
});

it('from 3.39 on an administrator asks for another project, and nobody else does', async () => {
  const project = await aProjectWith({ size: 7 });
  const used = async (version: string, token: string, query = 'project_id'): Promise<unknown> => {
    const { body } = await world.request('GET', `/v3/limits?${query}=${project}`, undefined, at(version, { 'X-Auth-Token': token }));
    return body.limits.absolute.totalGigabytesUsed;
  };

  const elsewhere = `admin:${projectId()}`;
  expect([await used('3.39', elsewhere), await used('3.39', elsewhere, 'tenant_id')]).toEqual([7, 7]);
  expect(await used('3.38', elsewhere)).toBe(0);
  expect(await used('3.39', `someone:${projectId()}:member`)).toBe(0);
});

it('a summary counts volumes, filtered or not, and from 3.36 on names what their metadata says', async () => {
  const project = await aProjectWith(
    { size: 1, name: 'a', metadata: { shelf: 'upper' } },
    { size: 2, name: 'b', metadata: { shelf: 'lower', row: '1' } },
    { size: 4, name: 'b', metadata: { shelf: 'upper' } },
  );
  const summary = async (version: string, query = ''): Promise<unknown> =>
    (await world.request('GET', `/v3/volumes/summary${query}`, undefined, at(version, memberOf(project)))).body['volume-summary'];

  expect(await summary('3.12')).toEqual({ total_count: 3, total_size: 7 });
  expect(await summary('3.36')).toEqual({ total_count: 3, total_size: 7, metadata: { row: ['1'], shelf: ['lower', 'upper'] } });
  expect(await summary('3.36', '?name=b&unknown=1')).toMatchObject({ total_count: 2, total_size: 6 });
  const before = await world.request('GET', '/v3/volumes/summary', undefined, at('3.11', memberOf(project)));
  expect([before.status, before.body.itemNotFound.message]).toEqual([404, 'The resource could not be found.']);
});

it('only an administrator sums over all projects', async () => {
  const project = await aProjectWith({ size: 1 });
  const counted = async (token: string): Promise<number> => {
    const { body } = await world.request('GET', '/v3/volumes/summary?all_tenants=1', undefined, { 'X-Auth-Token': token });
    return body['volume-summary'].total_count as number;
  };

  expect(await counted(`admin:${projectId()}`)).toBeGreaterThan(1);
  expect(await counted(memberOf(project)['X-Auth-Token'])).toBe(1);
});
