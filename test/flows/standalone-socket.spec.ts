import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttachmentLog,
  checkDatabase,
  type Database,
  EmbeddedSocket,
  migrate,
  openEmbeddedOver,
  openPostgres,
  socketAddress,
  VolumeTypesService,
} from '@app/attachments';
import { aCaller } from '../support/a-caller';
import { createDatabase } from '../support/postgres';

// The database behind the socket is a real PostgreSQL: the socket cannot tell, and jest cannot load PGlite.
const folder = mkdtempSync(join(tmpdir(), 'mooring-socket-'));
const address = socketAddress(join(folder, 'admin.sock'));
let held: Database;
let socket: EmbeddedSocket;
let over: Database;

beforeAll(async () => {
  held = await openPostgres({ DATABASE_URL: await createDatabase(), DATABASE_POOL_SIZE: 2 });
  await migrate(held);
  writeFileSync(address, 'left by a process that is gone');
  socket = await EmbeddedSocket.serve(address, held);
  over = await reached();
});
afterAll(async () => {
  await over.close();
  await socket.close();
  await held.close();
  rmSync(folder, { recursive: true });
});

async function reached(): Promise<Database> {
  const database = await openEmbeddedOver(address);
  if (!database) throw new Error('nobody listens');
  return database;
}

const caller = aCaller('req-1');
const aType = (name: string) => ({ name, description: null, isPublic: true, extraSpecs: { multiattach: '<is> True' } });

it('takes the place of a file that was left there, and is its owner’s alone', () => {
  expect(statSync(address).isSocket()).toBe(true);
  expect(statSync(address).mode & 0o777).toBe(0o600);
});

it('carries the statements of a service and their answers', async () => {
  const made = await new VolumeTypesService(over).create(caller, aType('socket'));

  expect(await new VolumeTypesService(held).find(caller, 'socket')).toEqual(made);
  expect(made.extraSpecs).toEqual({ multiattach: '<is> True' });
  expect(await checkDatabase(over)).toEqual([]);
});

it('keeps many statements of many callers apart', async () => {
  const others = await Promise.all([reached(), reached()]);
  const types = [over, ...others].map((database) => new VolumeTypesService(database));

  const made = await Promise.all(
    types.flatMap((service, i) => ['a', 'b', 'c'].map((name) => service.create(caller, aType(`${name}${i}`)))),
  );

  expect(made.map(({ name }) => name)).toEqual([0, 1, 2].flatMap((i) => ['a', 'b', 'c'].map((name) => `${name}${i}`)));
  for (const other of others) await other.close();
});

it('says what the server says, with its code', async () => {
  await expect(over.source.query('select * from nowhere')).rejects.toMatchObject({ driverError: { code: '42P01' } });
  await expect(new AttachmentLog(over).find('none')).rejects.toMatchObject({ kind: 'notFound' });
});

it('lets nobody keep the session that all share', async () => {
  await expect(over.source.transaction((manager) => manager.query('select 1'))).rejects.toThrow('each message is one statement');
});

it('outlives clients that go before they are answered', async () => {
  for (let i = 0; i < 10; i++) {
    await new Promise<void>((gone) => {
      const client = createConnection(address, () => {
        for (let id = 0; id < 50; id++) client.write(`${JSON.stringify({ id, sql: 'select repeat($1, 100000)', values: ['x'] })}\n`);
      });
      client.once('data', () => client.destroy()); // the other answers find nobody
      client.on('error', () => undefined).on('close', () => gone());
    });
  }

  expect(await checkDatabase(over)).toEqual([]);
});

it('outlives a client that says nonsense', async () => {
  const answer = await new Promise((resolve) => {
    const client = createConnection(address, () => client.write('nonsense\n'));
    client.once('data', (text) => {
      resolve(JSON.parse(String(text)));
      client.destroy();
    });
  });

  expect(answer).toMatchObject({ id: -1, error: { message: expect.stringContaining('JSON') } });
  expect(await checkDatabase(over)).toEqual([]);
});

it('when it has closed, then nobody is there, and whoever was connected is told', async () => {
  const other = await EmbeddedSocket.serve(`${address}.2`, held);
  const client = await openEmbeddedOver(`${address}.2`);
  await other.close();

  await expect(client?.source.query('select 1')).rejects.toThrow('has gone away');
  expect(await openEmbeddedOver(`${address}.2`)).toBeNull();
});
