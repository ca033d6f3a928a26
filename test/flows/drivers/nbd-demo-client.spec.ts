import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Connection, VolumeRef } from '@app/domain';
import { NbdDriver } from '@app/drivers';
import { aCall, aConnection, aFolder, aVolume } from './given.js';
import { qemuIo, run, type Info } from './nbd-clients.js';

const CLIENT = pathToFileURL(join(__dirname, '../../../scripts/nbd-client.mjs')).href;
const folder = aFolder();
const driver = new NbdDriver({ folder, port: 0 });

beforeAll(() => driver.open());
afterAll(() => driver.close());

const connected = async (volume: VolumeRef, connection: Connection) => {
  await driver.createVolume(volume, aCall());
  return driver.initializeConnection(volume, connection, aCall());
};

/** Runs these lines in a Node of their own, with `disk` connected by this connection_info; answers what they print. */
async function withDisk({ data }: Info, lines: string) {
  const script = join(folder, 'script.mjs');
  const program = `import { connect } from ${JSON.stringify(CLIENT)};
    try { const disk = await connect(${JSON.stringify(data)}); try { ${lines} } finally { await disk.close(); } }
    catch (error) { console.log('refused:', error.message); process.exitCode = 1; }`;
  writeFileSync(script, program);
  return run(process.execPath, [script]);
}

it('writes what qemu reads, and reads what qemu wrote', async () => {
  const volume = aVolume();
  const info = await connected(volume, aConnection());

  const wrote = await withDisk(info, `await disk.write(8192, Buffer.alloc(3 * 2 ** 20, 7)); console.log(disk.size, disk.readOnly);`);
  const qemu = await qemuIo(info, ['read -P 7 8192 3M', 'write -P 8 0 4k']);
  const read = await withDisk(info, `console.log((await disk.read(0, 4096)).every((byte) => byte === 8));`);

  expect(wrote).toMatchObject({ code: 0, stdout: `${2 ** 30} false\n` });
  expect(qemu).toMatchObject({ code: 0, output: expect.not.stringContaining('Pattern verification failed') });
  expect(read).toMatchObject({ code: 0, stdout: 'true\n' });
});

it('is refused a write by the server itself when the connection is read-only', async () => {
  const info = await connected(aVolume(), aConnection({ readOnly: true }));

  const wrote = await withDisk(info, `console.log(disk.readOnly); await disk.write(0, Buffer.alloc(512, 1));`);

  expect(wrote).toMatchObject({ code: 1, stdout: 'true\nrefused: the NBD server refused: not permitted\n' });
});

it('is refused once its connection has ended', async () => {
  const volume = aVolume();
  const connection = aConnection();
  const info = await connected(volume, connection);
  await driver.terminateConnection(volume, connection, aCall());

  const tried = await withDisk(info, `console.log('reached');`);

  expect(tried).toMatchObject({ code: 1, stdout: expect.stringMatching(/^refused: the NBD server refused this identity and key/) });
});
