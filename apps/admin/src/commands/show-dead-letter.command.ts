import { SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { deadLetterBox } from '../dead-letter-box.js';
import { CommandFailed } from '../exit-code.js';
import { type Format, printOne } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

@SubCommand({
  name: 'show',
  arguments: '<id>',
  argsDescription: { id: 'the id of the message' },
  description: 'Show one message that no worker could read.',
})
export class ShowDeadLetterCommand extends PrintingCommand {
  protected readonly examples = ['dead-letter show 4f2c1f0e9d8b7a65'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run([id = '']: string[], { format }: { format: Format }): Promise<void> {
    const letter = await deadLetterBox(this.store.config()).show(id);
    if (!letter) throw new CommandFailed(`Dead letter ${id} could not be found.`);
    printOne({ ...letter }, format);
  }
}
