import { randomUUID } from 'node:crypto';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { absent, complete, create, failure, pending, remove, rowsOf, update } from './calls';

/** A backend whose only worker has died without a word: for a while its gateway takes it to be served. */
let world: World;
beforeAll(async () => {
  world = await startWorld({ workers: 0, times: { BACKEND_LOST_MS: 1500 }, gateway: { WAIT_LIMIT_MS: 2500 } });
}, 120_000);
afterAll(() => world.stop());

/** As the worker has left them: its last heartbeat, and an available volume. */
async function volume(): Promise<string> {
  await world.query('insert into workers (id, process, backends) values ($1, $2, $3)', [
    randomUUID(),
    'dead:1',
    JSON.stringify({ [world.backend]: 'fake' }),
  ]);
  const id = randomUUID();
  await world.query(
    `insert into volumes (id, project_id, user_id, size, status, attach_status, host, availability_zone)
     values ($1, $2, 'm1', 1, 'available', 'detached', $3, 'nova')`,
    [id, world.member.split(':')[1], `${world.backend}#fake`],
  );
  return id;
}

/** The worker has begun what was promised and died in it. */
async function begun(volumeId: string): Promise<void> {
  await until('it is promised', async () => (await world.unfinished()).some((op) => op.volume_id === volumeId));
  await world.query(
    `update operations set state = 'running', owner = 'dead', number = nextval('claim_numbers'), attempts = 1, touched = true,
       lease_until = clock_timestamp() where volume_id = $1 and state = 'pending'`,
    [volumeId],
  );
}

it('case 73: a create that nobody carries out is taken back at the wait limit', async () => {
  const id = await volume();

  expect(await create(world, id, { connector: aConnector() })).toMatchObject(failure('Unable to create attachment for volume.'));

  expect(await rowsOf(world, id)).toEqual([]);
  expect(await world.st(id)).toEqual(['available', 'detached']);
});

it('case 73: so is one whose worker has died in it, as soon as there is another', async () => {
  const id = await volume();
  const created = pending(create(world, id, { connector: aConnector() }));
  await begun(id);

  expect(await created).toMatchObject(failure('Unable to create attachment for volume.'));

  expect((await world.unfinished()).filter((op) => op.volume_id === id).map(({ kind }) => kind as string)).toContain('detach');
});

it('a delete takes back an attach that nobody has begun, and whoever waits for it hears 404', async () => {
  const id = await volume();
  const attachment = (await create(world, id)).body.attachment.id as string;
  const updated = pending(update(world, attachment));
  await until('the attach is promised', async () => (await world.unfinished()).some((op) => op.attachment_id === attachment));
  const completed = pending(complete(world, attachment));
  await until('so is the complete', async () => (await world.unfinished()).some((op) => op.kind === 'complete' && op.volume_id === id));

  expect(await remove(world, attachment)).toMatchObject({ status: 200, body: { attachments: [] } });

  expect(await updated).toMatchObject(absent(attachment));
  expect(await completed).toMatchObject(absent(attachment));
  expect(await world.st(id)).toEqual(['available', 'detached']);
  expect((await world.unfinished()).filter((op) => op.volume_id === id)).toEqual([]);
});
