import { SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { type Format, printOne } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

@SubCommand({
  name: 'show',
  arguments: '<id>',
  argsDescription: { id: 'the id of the operation' },
  description: 'Show one operation: who carries it out, what has failed, when it is tried again.',
})
export class ShowOperationCommand extends PrintingCommand {
  protected readonly examples = ['operation show 8b9b42f1-8f1b-4b30-9d6e-2f0c5d0b7a52'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run([id = '']: string[], { format }: { format: Format }): Promise<void> {
    const { operations } = await this.store.services();
    printOne({ ...(await operations.find(id)) }, format);
  }
}
