import { TRANSITIONS } from '@app/domain';
import { SubCommand } from 'nest-commander';
import { administrator, AdminStore } from '../admin-store.js';
import { finished, ring } from '../operation-watch.js';
import { type Format, printOne } from '../printing.js';
import { secondsOf, type Wait, WaitingCommand } from './waiting-command.js';

@SubCommand({
  name: 'delete',
  arguments: '<id>',
  argsDescription: { id: 'the id of the volume' },
  description: 'Promise the end of a volume that nothing is attached to.',
})
export class DeleteVolumeCommand extends WaitingCommand {
  protected readonly examples = ['volume delete 2c68ef6a-a4a1-4d1e-9e84-3a627c7c7cd0 --wait'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run([id = '']: string[], { format, wait }: { format: Format; wait?: Wait }): Promise<void> {
    const { volumes, operations } = await this.store.services();
    const caller = administrator();
    const promised = await volumes.beginDelete(caller, id);
    if (promised) await ring(promised, this.store.config().amqp, caller.requestId);
    if (promised && wait !== undefined) await finished(operations, promised.operationId, secondsOf(wait));
    const { volume: status } = promised && wait === undefined ? TRANSITIONS.deleteVolume : TRANSITIONS.volumeDeleted;
    printOne({ id, status, operation: promised?.operationId ?? null }, format);
  }
}
