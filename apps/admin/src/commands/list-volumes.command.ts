import { Option, SubCommand } from 'nest-commander';
import { administrator, AdminStore } from '../admin-store.js';
import { printList } from '../printing.js';
import { ListCommand, type ListOptions, newest } from './admin-command.js';

const COLUMNS = ['id', 'name', 'status', 'size', 'host', 'projectId', 'createdAt'];

@SubCommand({ name: 'list', description: 'List volumes of all projects.' })
export class ListVolumesCommand extends ListCommand {
  protected readonly examples = ['volume list', 'volume list --status error -f json', 'volume list --project 89afd400b646452b --limit 10'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format, limit, project, status }: ListOptions & { project?: string; status?: string }): Promise<void> {
    const { volumes } = await this.store.services();
    const found = await volumes.list(administrator(), newest(limit, { project_id: project, status }));
    printList(
      found.map((volume) => ({ ...volume })),
      format,
      COLUMNS,
    );
  }

  @Option({ flags: '-p, --project <id>', description: 'only those of this project' })
  project(value: string): string {
    return value;
  }

  @Option({ flags: '--status <status>', description: 'only those in this status' })
  status(value: string): string {
    return value;
  }
}
