import { readFileSync } from 'node:fs';
import { DriverError, type Connection, type DriverConnectionInfo, type VolumeRef } from '@app/domain';
import type { VolumeDriver } from '@app/drivers';
import { aCall, aConnection, aVolume } from './given.js';

/** A driver with what a test needs to look behind it. */
export interface DriverUnderTest {
  driver: VolumeDriver;
  /** The same backend in a new driver, as after a restart of its process; the former one is closed. */
  restart(): Promise<VolumeDriver>;
  /** Whether a host that holds nothing but this answer reaches the volume. */
  reaches(info: DriverConnectionInfo): Promise<boolean>;
  /** The files, other than the volumes' own bytes, that the backend writes: no secret may be in them. */
  traces(): string[];
  close(): Promise<void>;
}

/** What every driver must keep, whatever it is (design §9): run it over each. */
export function describeDriver(name: string, makeDriver: () => Promise<DriverUnderTest>): void {
  describe(`${name} as a driver`, () => {
    let underTest: DriverUnderTest;
    let driver: VolumeDriver;
    let volume: VolumeRef;

    beforeEach(async () => {
      underTest = await makeDriver();
      driver = underTest.driver;
      volume = aVolume();
      await driver.createVolume(volume, aCall());
      volume = { ...volume, providerLocation: (await driver.createExport(volume, aCall())).location };
    });
    afterEach(() => underTest.close());

    const connect = (connection: Connection) => driver.initializeConnection(volume, connection, aCall());

    it('gives access and takes it back', async () => {
      const connection = aConnection();

      const info = await connect(connection);
      expect(await underTest.reaches(info)).toBe(true);

      expect(await driver.terminateConnection(volume, connection, aCall())).toBe(false);
      expect(await underTest.reaches(info)).toBe(false);
    });

    it('answers each step the same when it is repeated', async () => {
      const connection = aConnection();

      await driver.createVolume(volume, aCall());
      expect((await driver.createExport(volume, aCall())).location).toBe(volume.providerLocation);
      const info = await connect(connection);
      expect(await connect(connection)).toEqual(info);
      expect(await underTest.reaches(info)).toBe(true);

      expect(await driver.terminateConnection(volume, connection, aCall())).toBe(false);
      expect(await driver.terminateConnection(volume, connection, aCall())).toBe(false);
      for (let twice = 0; twice < 2; twice++) await driver.removeExport(volume, aCall());
      for (let twice = 0; twice < 2; twice++) await driver.deleteVolume(volume, aCall());
    });

    it('lets a volume grow under a connection, however often it is told', async () => {
      const connection = aConnection();
      const info = await connect(connection);

      for (let twice = 0; twice < 2; twice++) await driver.extendVolume(volume, 2, aCall());

      expect(await underTest.reaches(info)).toBe(true);
    });

    it('gives two hosts access of their own, and one end leaves the other alone', async () => {
      const [first, second] = [aConnection({ host: 'compute-1' }), aConnection({ host: 'compute-2', readOnly: true })];
      const [firstInfo, secondInfo] = [await connect(first), await connect(second)];
      expect(firstInfo).not.toEqual(secondInfo);

      expect(await driver.terminateConnection(volume, first, aCall())).toBe(true);

      expect([await underTest.reaches(firstInfo), await underTest.reaches(secondInfo)]).toEqual([false, true]);
      expect(await driver.terminateConnection(volume, second, aCall())).toBe(false);
    });

    it('keys what it does by attachment, not by host: the same host twice has two ways', async () => {
      const [first, second] = [aConnection(), aConnection()];
      const [firstInfo, secondInfo] = [await connect(first), await connect(second)];

      await driver.terminateConnection(volume, first, aCall());

      expect([await underTest.reaches(firstInfo), await underTest.reaches(secondInfo)]).toEqual([false, true]);
    });

    it('tells an attachment with another credential from its former self', async () => {
      const former = aConnection();
      const next = { ...aConnection({ host: 'compute-2' }), attachmentId: former.attachmentId };
      const [formerInfo, nextInfo] = [await connect(former), await connect(next)];

      await driver.terminateConnection(volume, former, aCall());

      expect([await underTest.reaches(formerInfo), await underTest.reaches(nextInfo)]).toEqual([false, true]);
    });

    it('takes the end of what never was for done', async () => {
      const stays = aConnection();
      const info = await connect(stays);
      const never = aVolume();

      expect(await driver.terminateConnection(volume, aConnection(), aCall())).toBe(true);
      expect(await driver.terminateConnection(never, aConnection(), aCall())).toBe(false);
      await driver.removeExport(never, aCall());
      await driver.deleteVolume(never, aCall());

      expect(await underTest.reaches(info)).toBe(true);
    });

    it('does not take the export from under a connection', async () => {
      const info = await connect(aConnection());

      await expect(driver.removeExport(volume, aCall())).rejects.toMatchObject({ kind: 'failed', outcome: 'notDone' });

      expect(await underTest.reaches(info)).toBe(true);
    });

    it('settles: what is live is there, what is not is gone', async () => {
      const [orphan, kept, missing] = [aConnection(), aConnection({ host: 'compute-2' }), aConnection({ host: 'compute-3' })];
      const [orphanInfo, keptInfo, missingInfo] = [await connect(orphan), await connect(kept), await connect(missing)];
      await driver.terminateConnection(volume, missing, aCall());

      for (let twice = 0; twice < 2; twice++) await driver.settle(volume, [kept, missing], aCall());
      expect([await underTest.reaches(orphanInfo), await underTest.reaches(keptInfo), await underTest.reaches(missingInfo)]).toEqual([
        false,
        true,
        true,
      ]);

      await driver.settle(volume, [], aCall());
      expect([await underTest.reaches(keptInfo), await underTest.reaches(missingInfo)]).toEqual([false, false]);
      await driver.removeExport(volume, aCall());
    });

    it('ends every connection of a volume that is deleted, and only of that', async () => {
      const info = await connect(aConnection());
      const other = aVolume();
      await driver.createVolume(other, aCall());
      await driver.createExport(other, aCall());
      const otherInfo = await driver.initializeConnection(other, aConnection(), aCall());

      await driver.deleteVolume(volume, aCall());

      expect([await underTest.reaches(info), await underTest.reaches(otherInfo)]).toEqual([false, true]);
    });

    it('works on after a restart and a settle: the same answer gives the same access', async () => {
      const connection = aConnection();
      const info = await connect(connection);

      driver = await underTest.restart();
      if (!driver.capabilities.exportSurvivesRestart) await driver.settle(volume, [connection], aCall());

      expect(await underTest.reaches(info)).toBe(true);
      expect(await connect(connection)).toEqual(info);
    });

    it('refuses a call that is behind another of its volume, and does nothing of it', async () => {
      if (driver.capabilities.fencing !== 'token') return; // such a backend is settled instead
      const [late, live] = [aConnection(), aConnection({ host: 'compute-2' })];
      const behind = aCall();
      const info = await connect(live);
      const stale = { kind: 'stale', outcome: 'notDone' };

      await expect(driver.initializeConnection(volume, late, behind)).rejects.toMatchObject(stale);
      await expect(driver.terminateConnection(volume, live, behind)).rejects.toMatchObject(stale);
      await expect(driver.settle(volume, [], behind)).rejects.toMatchObject(stale);
      await expect(driver.deleteVolume(volume, behind)).rejects.toMatchObject(stale);
      await expect(driver.removeExport(volume, behind)).rejects.toMatchObject(stale);
      await expect(driver.createExport(volume, behind)).rejects.toMatchObject(stale);

      expect(await underTest.reaches(info)).toBe(true);
      expect(await driver.terminateConnection(volume, live, aCall())).toBe(false);
    });

    it('takes the same number again, and another volume has numbers of its own', async () => {
      const call = aCall();
      const connection = aConnection();
      const behind = aCall({ number: 1n });

      const info = await driver.initializeConnection(volume, connection, call);

      expect(await driver.initializeConnection(volume, connection, call)).toEqual(info);
      await driver.createVolume(aVolume(), behind);
    });

    it.each([
      ['has given up', () => aCall({ signal: AbortSignal.abort() })],
      ['let the deadline pass', () => aCall({ deadline: new Date(Date.now() - 1) })],
    ])('begins nothing for a caller who %s', async (_what, call) => {
      const connection = aConnection();
      const info = await connect(connection);

      await expect(driver.terminateConnection(volume, connection, call())).rejects.toMatchObject({
        kind: 'unavailable',
        outcome: 'notDone',
      });

      expect(await underTest.reaches(info)).toBe(true);
    });

    it('keeps secrets out of its files and its errors', async () => {
      const connection = aConnection();
      await connect(connection);
      const thief = { ...aConnection(), credential: { ...connection.credential, secret: `not-a-key-${connection.credential.secret}` } };
      const errors = await Promise.all([
        driver.initializeConnection(volume, thief, aCall()).catch((error: unknown) => error),
        driver.initializeConnection(volume, connection, aCall({ number: 0n })).catch((error: unknown) => error),
      ]);

      const { secret } = connection.credential;
      for (const error of errors) if (error instanceof DriverError) expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(secret);
      expect(errors.some((error) => error instanceof DriverError)).toBe(true);
      for (const path of underTest.traces()) expect(readFileSync(path, 'utf8')).not.toContain(secret);
    });
  });
}
