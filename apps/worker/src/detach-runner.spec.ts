import { HandOver, type OperationsService, type TimesConfig } from '@app/attachments';
import type { DetachClaim } from '@app/domain';
import type { DriverRegistry } from '@app/drivers';
import { DetachRunner } from './detach-runner.js';
import { HandedOver } from './driver-step.js';

function detach(removeExport: () => Promise<void>) {
  const abort = new AbortController();
  const claim = {
    kind: 'detach',
    operationId: 'o1',
    backend: 'n@b',
    volume: { id: 'v1' },
    call: { number: 1n, deadline: new Date(Date.now() + 60_000), signal: abort.signal },
    connections: [{ attachmentId: 'a1', credential: { id: 'c1', secret: 'c0ffee' } }],
    othersConnected: 0,
  } as unknown as DetachClaim;
  const results: unknown[] = [];
  const detached = async (_: DetachClaim, exported: string) => results.push(exported);
  const registry = { for: () => ({ terminateConnection: async () => false, removeExport }) } as unknown as DriverRegistry;
  const runner = new DetachRunner({ detached } as unknown as OperationsService, registry, {} as TimesConfig);
  return { abort, results, carriedOut: () => runner.carryOut(claim) };
}

it('given the process ends while the export is being removed, then nothing is recorded: the lease keeps the next claim away', async () => {
  const { abort, results, carriedOut } = detach(async () => {
    abort.abort(new HandOver());
    await new Promise(() => undefined);
  });

  await expect(carriedOut()).rejects.toBeInstanceOf(HandedOver);

  expect(results).toEqual([]);
});

it('given the export cannot be removed, then the detach has succeeded, and the export is left over', async () => {
  const { results, carriedOut } = detach(() => Promise.reject(new Error('busy')));

  await carriedOut();

  expect(results).toEqual(['leftOver']);
});
