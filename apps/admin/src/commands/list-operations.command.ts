import { Option, SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { printList } from '../printing.js';
import { ListCommand, type ListOptions } from './admin-command.js';

const COLUMNS = [
  'id',
  'kind',
  'state',
  'volumeId',
  'attachmentId',
  'backend',
  'host',
  'touched',
  'attempts',
  'reasonText',
  'requestId',
  'createdAt',
];

interface Options extends ListOptions {
  unfinished?: boolean;
  volume?: string;
  attachment?: string;
}

@SubCommand({ name: 'list', description: 'List what was promised, and what came of it.' })
export class ListOperationsCommand extends ListCommand {
  protected readonly examples = ['operation list --unfinished', 'operation list --volume 2c68ef6a-a4a1-4d1e-9e84-3a627c7c7cd0 -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format, limit, unfinished = false, volume, attachment }: Options): Promise<void> {
    const { operations } = await this.store.services();
    const found = await operations.list({ limit, unfinished, volumeId: volume, attachmentId: attachment });
    printList(
      found.map((operation) => ({ ...operation })),
      format,
      COLUMNS,
    );
  }

  @Option({ flags: '-u, --unfinished', description: 'only those that have not ended' })
  unfinished(): boolean {
    return true;
  }

  @Option({ flags: '--volume <id>', description: 'only those of this volume' })
  volume(value: string): string {
    return value;
  }

  @Option({ flags: '--attachment <id>', description: 'only those of this attachment' })
  attachment(value: string): string {
    return value;
  }
}
