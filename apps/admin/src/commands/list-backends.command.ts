import { SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { type Format, printList } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

const COLUMNS = ['name', 'pool', 'driver', 'up', 'worker', 'heartbeatAt'];

@SubCommand({ name: 'list', description: 'List backends, and the workers that serve them.' })
export class ListBackendsCommand extends PrintingCommand {
  protected readonly examples = ['backend list', 'backend list -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format }: { format: Format }): Promise<void> {
    const { backends } = await this.store.services();
    printList(
      (await backends.list()).map((backend) => ({ ...backend })),
      format,
      COLUMNS,
    );
  }
}
