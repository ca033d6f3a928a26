import { Option, SubCommand } from 'nest-commander';
import { administrator, AdminStore } from '../admin-store.js';
import { printList } from '../printing.js';
import { ListCommand, type ListOptions, newest } from './admin-command.js';

const COLUMNS = ['id', 'volumeId', 'instanceUuid', 'attachStatus', 'attachMode', 'host', 'projectId'];

interface Options extends ListOptions {
  volume?: string;
  instance?: string;
}

@SubCommand({ name: 'list', description: 'List attachments of all projects.' })
export class ListAttachmentsCommand extends ListCommand {
  protected readonly examples = ['attachment list', 'attachment list --volume 2c68ef6a-a4a1-4d1e-9e84-3a627c7c7cd0 -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format, limit, volume, instance }: Options): Promise<void> {
    const { attachments } = await this.store.services();
    const found = await attachments.list(administrator(), newest(limit, { volume_id: volume, instance_uuid: instance }));
    printList(
      found.map((attachment) => ({ ...attachment })),
      format,
      COLUMNS,
    );
  }

  @Option({ flags: '--volume <id>', description: 'only those of this volume' })
  volume(value: string): string {
    return value;
  }

  @Option({ flags: '--instance <uuid>', description: 'only those of this instance' })
  instance(value: string): string {
    return value;
  }
}
