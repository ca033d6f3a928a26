import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { FakeDriver, NbdDriver, readLedger, type VolumeDriver } from '@app/drivers';
import { describeDriver, type DriverUnderTest } from './conformance.js';
import { aFolder } from './given.js';
import { nbdinfo } from './nbd-clients.js';

const folder = aFolder();

describeDriver('fake', async () => {
  const ledger = join(mkdtempSync(join(folder, 'fake-')), 'ledger.jsonl');
  return {
    ...(await restartable(() => new FakeDriver({ ledger }))),
    reaches: async ({ data }) => readLedger(ledger).connections.some(({ credential }) => credential === data.auth_username),
    traces: () => [ledger],
  };
});

describeDriver('nbd', async () => {
  const volumes = mkdtempSync(join(folder, 'nbd-'));
  return {
    ...(await restartable(() => new NbdDriver({ folder: volumes, port: 0 }))),
    reaches: async (info) => {
      const { code, output } = await nbdinfo(info);
      // Refused by the handshake alone: a server that is not there, say, would be a fault of the test.
      if (code !== 0) expect(output).toContain('gnutls_handshake');
      return code === 0;
    },
    traces: () => [join(volumes, 'nbd-port')],
  };
});

async function restartable(make: () => VolumeDriver): Promise<Pick<DriverUnderTest, 'driver' | 'restart' | 'close'>> {
  let current = make();
  await current.open();
  return {
    driver: current,
    restart: async () => {
      await current.close();
      current = make();
      await current.open();
      return current;
    },
    close: () => current.close(),
  };
}
