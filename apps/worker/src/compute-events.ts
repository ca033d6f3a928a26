import { setTimeout as pause } from 'node:timers/promises';
import { type ExtendVolumeClaim, told } from '@app/domain';
import { AttachmentsService } from '@app/attachments';
import { ServiceCompute } from '@app/openstack';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

/** Between one try and the next, in ms. */
const AGAIN_AFTER = [1_000, 5_000];

/** What compute is told of volumes that its instances use. Nothing waits for it: an event that is lost costs the guest a reconnect. */
@Injectable()
export class ComputeEvents implements OnModuleDestroy {
  private readonly log = new Logger(ComputeEvents.name);
  private readonly ending = new AbortController();
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    @Inject(ServiceCompute) private readonly compute: ServiceCompute | null,
    private readonly attachments: AttachmentsService,
  ) {}

  /** The volume has grown: the hosts of its instances let their guests see it (spec: volumes-surface §5). */
  extended({ volume, requestId, globalRequestId }: ExtendVolumeClaim): void {
    const { compute } = this;
    if (!compute) return;
    const telling = this.tellExtended(compute, volume.id, globalRequestId ?? requestId).catch((error: unknown) => {
      this.log.error(`compute does not know that volume ${volume.id} has grown: its guests see it once they connect anew`, told(error));
    });
    this.underWay.add(telling);
    void telling.finally(() => this.underWay.delete(telling));
  }

  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    await this.compute?.close();
    await Promise.all(this.underWay);
  }

  private async tellExtended(compute: ServiceCompute, volumeId: string, requestId: string): Promise<void> {
    const instances = await this.attachments.instancesOf(volumeId);
    if (instances.length === 0) return;
    const events = instances.map((instance) => ({ name: 'volume-extended' as const, server_uuid: instance, tag: volumeId }));
    for (const ms of AGAIN_AFTER) {
      try {
        return this.told(volumeId, await compute.tell(events, requestId));
      } catch (error) {
        this.log.warn(`compute is told again of volume ${volumeId}: ${(error as Error).message}`);
        await pause(ms, undefined, { signal: this.ending.signal });
      }
    }
    this.told(volumeId, await compute.tell(events, requestId));
  }

  private told(volumeId: string, taken: 'all' | 'some'): void {
    if (taken === 'some')
      this.log.warn(`compute does not know, or does not run, all instances that use volume ${volumeId}, which has grown`);
  }
}
