import { SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { type Format, printOne } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

@SubCommand({
  name: 'show',
  arguments: '<id>',
  argsDescription: { id: 'the id of the attachment' },
  description: 'Show one attachment; its connection_info stays sealed.',
})
export class ShowAttachmentCommand extends PrintingCommand {
  protected readonly examples = ['attachment show d846add8-03c5-4e77-9074-3f494d7aee6c -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run([id = '']: string[], { format }: { format: Format }): Promise<void> {
    const { attachments } = await this.store.services();
    const { connected, ...attachment } = await attachments.find(id);
    printOne({ ...attachment, connectionInfo: connected ? '(sealed)' : null }, format);
  }
}
