import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection, DriverCall, VolumeRef } from '@app/domain';

let last = 0n;

/** A call with the next number, as claims draw them. */
export const aCall = (facts: Partial<DriverCall> = {}): DriverCall => ({
  number: ++last,
  deadline: new Date(Date.now() + 20_000),
  signal: new AbortController().signal,
  ...facts,
});

export function aVolume(facts: Partial<VolumeRef> = {}): VolumeRef {
  const id = randomUUID();
  return { id, name: `volume-${id}`, sizeGib: 1, multiattach: true, providerLocation: null, ...facts };
}

export const aConnection = (facts: Partial<Connection> & { host?: string } = {}): Connection => {
  const { host = 'compute-1', ...rest } = facts;
  return {
    attachmentId: randomUUID(),
    connector: { host, initiator: `iqn.1994-05.com.example:${host}` },
    readOnly: false,
    credential: { id: randomUUID(), secret: randomBytes(32).toString('hex') },
    ...rest,
  };
};

/** A folder that is gone after the test file. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-drivers-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
