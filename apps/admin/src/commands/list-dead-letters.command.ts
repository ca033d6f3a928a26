import { SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { deadLetterBox } from '../dead-letter-box.js';
import { printList } from '../printing.js';
import { ListCommand, type ListOptions } from './admin-command.js';

const COLUMNS = ['id', 'queue', 'reason', 'type', 'time'];

@SubCommand({ name: 'list', description: 'List messages that no worker could read, the oldest first; they stay where they are.' })
export class ListDeadLettersCommand extends ListCommand {
  protected readonly examples = ['dead-letter list', 'dead-letter list --limit 10 -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format, limit }: ListOptions): Promise<void> {
    const letters = await deadLetterBox(this.store.config()).list(limit);
    printList(
      letters.map((letter) => ({ ...letter })),
      format,
      COLUMNS,
    );
  }
}
