import type { OperationsService, TimesConfig } from '@app/attachments';
import type { AttachClaim } from '@app/domain';
import type { DriverRegistry, VolumeDriver } from '@app/drivers';
import { AttachRunner } from './attach-runner.js';

const SECRET = 'c0ffee'.repeat(8);
const HOSTS_SECRET = 'what the host has told';

const claim = {
  kind: 'attach',
  operationId: 'o1',
  backend: 'n@b',
  volume: { id: 'v1', name: 'volume-v1', sizeGib: 1, multiattach: false, providerLocation: 'somewhere' },
  requestId: 'req-1',
  globalRequestId: null,
  projectId: 'p',
  call: { number: 1n, deadline: new Date(Date.now() + 60_000), signal: new AbortController().signal },
  attempts: 1,
  ageMs: 0,
  attachmentId: 'a1',
  connection: {
    attachmentId: 'a1',
    connector: { host: 'h', auth_password: HOSTS_SECRET },
    readOnly: false,
    credential: { id: 'c1', secret: SECRET },
  },
  mode: 'rw',
  replaces: null,
  leftovers: [],
  repeats: false,
  othersConnected: 0,
  undoing: null,
  superseded: false,
  additions: { qosSpecs: null, encrypted: false, cacheable: null },
} satisfies AttachClaim;

function runner(driver: Partial<VolumeDriver>, attached: () => Promise<string>) {
  const calls: [string, ...unknown[]][] = [];
  const noted =
    (name: string) =>
    async (...parts: unknown[]) => {
      calls.push([name, ...parts]);
      return 'failed';
    };
  const operations = { attached, undoing: noted('undoing'), attachFailed: noted('attachFailed'), again: noted('again') };
  const whole = {
    validateConnector: () => undefined,
    initializeConnection: async () => ({ driver_volume_type: 'x', data: {} }),
    terminateConnection: async () => false,
    removeExport: async () => undefined,
    ...driver,
  };
  const registry = { for: () => whole, traitsOf: () => ({}) } as unknown as DriverRegistry;
  const times = { ATTACH_WINDOW_MS: 40_000 } as TimesConfig;
  return { calls, runner: new AttachRunner(operations as unknown as OperationsService, registry, times) };
}

it('given the result cannot be recorded, nothing is undone: the error is thrown, and the next claim does it again', async () => {
  const terminated: string[] = [];
  const driver = { terminateConnection: async () => terminated.push('x') > 0 };
  const { calls, runner: attaches } = runner(driver, () => Promise.reject(new Error('connection terminated unexpectedly')));

  await expect(attaches.carryOut(claim)).rejects.toThrow('connection terminated');

  expect(calls).toEqual([]);
  expect(terminated).toEqual([]);
});

it('given a driver puts secrets into its error, its credential and what the host has told, callers hear neither', async () => {
  const driver = {
    initializeConnection: () => Promise.reject(new Error(`Command failed: tool --password ${SECRET} --initiator ${HOSTS_SECRET}`)),
  };
  const { calls, runner: attaches } = runner(driver, async () => 'succeeded');

  await attaches.carryOut(claim);

  expect(calls.map(([name]) => name)).toEqual(['undoing', 'attachFailed']);
  expect(JSON.stringify(calls.map(([, , reason]) => reason))).toContain('--password *** --initiator ***');
  expect(JSON.stringify(calls.map(([, , reason]) => reason))).not.toContain(SECRET);
});
