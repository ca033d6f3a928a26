import { AttachmentsService, Database, OperationsService } from '@app/attachments';
import { aCaller } from '../support/a-caller';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';

/** Two that act on one volume, in an order that chance seldom gives: what one does between the other's look and its statement. */
class Interleaved extends Database {
  between: (() => Promise<void>) | undefined;

  override async row<T>(statement: Parameters<Database['row']>[0]): Promise<T | undefined> {
    const row = await super.row<T>(statement);
    const { between } = this;
    this.between = undefined;
    await between?.();
    return row;
  }
}

let world: World;
let database: Interleaved;
let attachments: AttachmentsService;
let operations: OperationsService;
beforeAll(async () => {
  world = await startWorld();
  database = new Interleaved(world.database.source);
  attachments = new AttachmentsService(database, world.keys, world.times);
  operations = new OperationsService(world.database, world.keys, world.times);
}, 120_000);
afterAll(() => world.stop());

/** An attach that is promised, with the world's own worker out of the way. */
async function promisedAttach() {
  const { id, volume } = await world.reservedAttachment();
  for (const worker of world.workers.splice(0)) await worker.stop();
  await world.query(`insert into workers (id, process, backends) values ($1, 'nobody', $2) on conflict do nothing`, [
    'nobody',
    JSON.stringify({ [world.backend]: { pool: 'fake', driver: 'fake' } }),
  ]);
  await attachments.beginAttach(aCaller('req-attach'), id, { connector: aConnector(), guard: null });
  return { id, volume };
}

it('given a worker claims the attach while a delete decides that no driver was asked, the delete asks the driver after all', async () => {
  const { id, volume } = await promisedAttach();
  const claims = operations.claimsOf(volume, [world.backend]);
  database.between = async () => void (await claims.next());

  const begun = await attachments.beginDetach(aCaller('req-delete'), id, null);

  expect(begun).toMatchObject({ kind: 'detach', attachmentId: id });
  expect(await world.attachmentRow(id)).toMatchObject({ deleted: false });
  await claims.return(undefined);
  await world.startWorker();
  await world.settled();
  expect(await world.attachmentRow(id)).toMatchObject({ deleted: true });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('given an attach begins while a delete decides that compute need not be asked, compute is asked after all', async () => {
  await world.startWorker();
  const { id, volume, instance } = await world.reservedAttachment();
  const connecting: Promise<unknown>[] = [];
  const asked: unknown[] = [];
  database.between = async () => {
    connecting.push(world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } }));
    await until('the attach is promised', async () => (await world.attachmentRow(id)).generation === '2');
  };

  const deleting = attachments.beginDetach(aCaller('req-delete'), id, async (use) => {
    asked.push(use);
    throw new Error('in use');
  });

  await expect(deleting).rejects.toThrow('in use');
  expect(asked).toEqual([{ attachmentId: id, volumeId: volume, instanceUuid: instance }]);
  expect(await Promise.all(connecting)).toMatchObject([{ status: 200 }]);
});

it('given a volume is reserved while another reserve decides, the other decides anew', async () => {
  await world.startWorker();
  const volume = await world.volume();
  database.between = async () => void (await world.reservedAttachment(volume));

  const late = attachments.reserve(aCaller('req-late'), {
    volumeId: volume,
    instanceUuid: null,
    mode: null,
    leaveToShare: () => undefined,
  });

  await expect(late).rejects.toThrow(
    `Volume ${volume} status must be available or downloading to reserve, but the current status is reserved.`,
  );
});
