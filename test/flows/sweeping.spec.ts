import { AttachmentsService, OperationsService } from '@app/attachments';
import { aCaller } from '../support/a-caller';
import { aConnector, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const caller = aCaller('req-attach');

it('what has waited longest is swept first, whatever its volume is called', async () => {
  const reserved = [];
  for (let n = 0; n < 5; n++) reserved.push(await world.reservedAttachment());
  for (const worker of world.workers.splice(0)) await worker.stop();
  await world.query(`insert into workers (id, process, backends) values ('nobody', 'nobody', $1)`, [
    JSON.stringify({ [world.backend]: { pool: 'fake', driver: 'fake' } }),
  ]);
  const attachments = new AttachmentsService(world.database, world.keys, world.times);
  for (const { id } of reserved) await attachments.beginAttach(caller, id, { connector: aConnector(), guard: null });

  const due = await new OperationsService(world.database, world.keys, world.times).dueVolumes([world.backend]);

  expect(due).toEqual(reserved.map(({ volume }) => volume));
});
