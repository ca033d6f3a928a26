import type { VolumeRecord } from '@app/attachments';
import { SubCommand } from 'nest-commander';
import { administrator, AdminStore } from '../admin-store.js';
import { type Format, printOne } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

@SubCommand({
  name: 'show',
  arguments: '<id>',
  argsDescription: { id: 'the id of the volume' },
  description: 'Show everything about one volume.',
})
export class ShowVolumeCommand extends PrintingCommand {
  protected readonly examples = ['volume show 2c68ef6a-a4a1-4d1e-9e84-3a627c7c7cd0'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run([id = '']: string[], { format }: { format: Format }): Promise<void> {
    const { volumes } = await this.store.services();
    printOne(shownVolume(await volumes.find(administrator(), id)), format);
  }
}

/** An encryption key's id is for whoever opens the volume. */
export function shownVolume({ encryptionKeyId, ...volume }: VolumeRecord): Record<string, unknown> {
  return { ...volume, encrypted: encryptionKeyId !== null };
}
