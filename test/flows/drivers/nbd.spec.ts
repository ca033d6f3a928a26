import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, DriverConnectionInfo, VolumeRef } from '@app/domain';
import { NbdDriver } from '@app/drivers';
import { aCall, aConnection, aFolder, aVolume } from './given.js';
import { liveQemuIo, nbdcopyFrom, nbdcopyTo, nbdinfo, plainUri, qemuIo, run, type LiveClient } from './nbd-clients.js';

const folder = aFolder();
let driver: NbdDriver;
const clients: LiveClient[] = [];

const opened = async () => {
  const fresh = new NbdDriver({ folder: join(folder, 'volumes'), port: 0 });
  await fresh.open();
  return fresh;
};
const connected = async (volume: VolumeRef, connection: Connection): Promise<DriverConnectionInfo> => {
  await driver.createVolume(volume, aCall());
  await driver.createExport(volume, aCall());
  return driver.initializeConnection(volume, connection, aCall());
};
const live = async (info: DriverConnectionInfo) => {
  const client = await liveQemuIo(info);
  clients.push(client);
  return client;
};

beforeEach(async () => {
  driver = await opened();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await driver.close();
});

describe('real clients, with nothing but connection_info', () => {
  it('has exactly the keys that hosts know', async () => {
    const volume = aVolume();
    const connection = aConnection();

    const info = await connected(volume, connection);

    expect(info).toEqual({
      driver_volume_type: 'nbd',
      data: {
        host: '127.0.0.1',
        port: expect.any(Number),
        export: expect.any(String),
        tls_mode: 'psk',
        auth_username: connection.credential.id,
        auth_password: connection.credential.secret,
        volume_id: volume.id,
        size: 2 ** 30,
      },
    });
  });

  it('a volume that has grown keeps its bytes, and is seen at its new size by whoever connects anew', async () => {
    const volume = aVolume();
    const info = await connected(volume, aConnection());
    await qemuIo(info, ['write -P 7 0 4k']);

    await driver.extendVolume(volume, 2, aCall());

    expect(JSON.parse((await nbdinfo(info)).stdout).exports[0]['export-size']).toBe(2 * 2 ** 30);
    expect(await qemuIo(info, ['read -P 7 0 4k', 'write -P 8 1536M 4k', 'read -P 8 1536M 4k'])).toMatchObject({ code: 0 });
  });

  it('what qemu writes, qemu reads in a new connection, and the file stays sparse', async () => {
    const volume = aVolume();
    const info = await connected(volume, aConnection());

    const wrote = await qemuIo(info, ['write -P 90 55574528 64k', 'write -z 55574528 4k', 'discard 0 1M', 'flush']);
    const read = await qemuIo(info, ['read -P 90 55578624 60k', 'read -P 0 55574528 4k', 'read -P 0 0 1M']);

    expect(wrote).toMatchObject({ code: 0, output: expect.stringContaining('wrote 65536/65536 bytes') });
    expect(read).toMatchObject({ code: 0, output: expect.not.stringContaining('Pattern verification failed') });
    expect(statSync(join(folder, 'volumes', `${volume.name}.raw`)).blocks * 512).toBeLessThan(2 ** 20);
  });

  it('what nbdcopy sends over many connections is byte for byte what it gets back', async () => {
    const info = await connected(aVolume({ sizeGib: 1 / 32 }), aConnection());
    const [sent, got] = [join(folder, 'sent'), join(folder, 'got')];
    writeFileSync(sent, randomBytes(24 * 2 ** 20));

    const to = await nbdcopyTo(info, sent);
    const from = await nbdcopyFrom(info, got);

    expect([to, from]).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(
      readFileSync(got)
        .subarray(0, 24 * 2 ** 20)
        .equals(readFileSync(sent)),
    ).toBe(true);
  });

  it('nbdinfo sees the size, TLS and who may write', async () => {
    const volume = aVolume({ sizeGib: 3 });
    const readWrite = await connected(volume, aConnection());
    const readOnly = await connected(volume, aConnection({ readOnly: true, host: 'compute-2' }));

    const [rw, ro] = [JSON.parse((await nbdinfo(readWrite)).stdout), JSON.parse((await nbdinfo(readOnly)).stdout)];

    expect(rw).toMatchObject({ protocol: 'newstyle-fixed', TLS: true });
    expect(rw.exports[0]).toMatchObject({ 'export-size': 3 * 2 ** 30, is_read_only: false, can_multi_conn: true, can_fua: true });
    expect(ro.exports[0]).toMatchObject({ 'export-size': 3 * 2 ** 30, is_read_only: true });
  });
});

describe('who is refused, and why', () => {
  it('a client with a wrong key fails the handshake', async () => {
    const info = await connected(aVolume(), aConnection());
    const forged = { ...info, data: { ...info.data, auth_password: randomBytes(32).toString('hex') } };

    expect(await nbdinfo(forged)).toMatchObject({ code: 1, output: expect.stringMatching(/gnutls_handshake/) });
    expect(await nbdinfo(info)).toMatchObject({ code: 0 });
  });

  it('a client with an identity that nobody has fails the handshake', async () => {
    const info = await connected(aVolume(), aConnection());
    const stranger = { ...info, data: { ...info.data, auth_username: 'nobody' } };

    expect(await nbdinfo(stranger)).toMatchObject({ code: 1, output: expect.stringMatching(/gnutls_handshake/) });
  });

  it('a client without TLS is told that TLS is required', async () => {
    const info = await connected(aVolume(), aConnection());

    expect(await run('qemu-io', ['-f', 'raw', '-c', 'read 0 4k', plainUri(info)])).toMatchObject({
      code: 1,
      output: expect.stringContaining('TLS negotiation required before option 7'),
    });
  });

  it('the key of one connection does not open the export of another', async () => {
    const mine = await connected(aVolume(), aConnection());
    const other = await connected(aVolume(), aConnection());
    const crossed = { ...mine, data: { ...mine.data, export: other.data.export } };

    expect(await nbdinfo(crossed)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/No such file or directory for export/),
    });
  });

  it('a read-only connection reads, and no client can write through it', async () => {
    const volume = aVolume();
    await qemuIo(await connected(volume, aConnection()), ['write -P 5 0 4k']);
    const info = await connected(volume, aConnection({ readOnly: true, host: 'compute-2' }));

    expect(await qemuIo(info, ['read -P 5 0 4k'], true)).toMatchObject({
      code: 0,
      output: expect.stringContaining('read 4096/4096 bytes'),
    });
    expect(await qemuIo(info, ['write -P 6 0 4k'])).toMatchObject({ code: 1, output: expect.stringMatching(/Permission denied/) });
  });
});

describe('when a connection ends', () => {
  it('a live client is cut, its next login is refused, and another host of the volume goes on', async () => {
    const volume = aVolume();
    const [first, second] = [aConnection(), aConnection({ host: 'compute-2' })];
    const [cut, stays] = [await connected(volume, first), await connected(volume, second)];
    const [cutClient, otherClient] = [await live(cut), await live(stays)];
    await cutClient.say('write -P 1 0 4k');

    const shared = await driver.terminateConnection(volume, first, aCall());

    expect(shared).toBe(true);
    expect(await cutClient.say('write -P 9 0 4k')).toMatch(/write failed: Input\/output error/);
    expect(await nbdinfo(cut)).toMatchObject({ code: 1, output: expect.stringMatching(/gnutls_handshake/) });
    expect(await otherClient.say('read -P 1 0 4k')).toMatch(/read 4096\/4096 bytes/);
    expect(await driver.terminateConnection(volume, second, aCall())).toBe(false);
  });

  it('a deleted volume cuts who is left, and its file is gone', async () => {
    const volume = aVolume();
    const info = await connected(volume, aConnection());
    const client = await live(info);

    await driver.deleteVolume(volume, aCall());

    expect(await client.say('read 0 4k')).toMatch(/read failed: Input\/output error/);
    expect(() => statSync(join(folder, 'volumes', `${volume.name}.raw`))).toThrow(/ENOENT/);
  });
});

it('after a restart and a settle the same connection_info works again, with the data that was written', async () => {
  const volume = aVolume();
  const connection = aConnection();
  const info = await connected(volume, connection);
  await qemuIo(info, ['write -P 33 1M 64k']);
  await driver.close();

  driver = await opened();
  const forgotten = await nbdinfo(info);
  await driver.settle(volume, [connection], aCall());

  expect(forgotten).toMatchObject({ code: 1, output: expect.stringMatching(/gnutls_handshake/) });
  expect(await qemuIo(info, ['read -P 33 1M 64k'])).toMatchObject({ code: 0, output: expect.stringContaining('read 65536/65536 bytes') });
  expect(await driver.initializeConnection(volume, connection, aCall())).toEqual(info);
});
