import { migrate } from '@app/attachments';
import { SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { print } from '../printing.js';
import { AdminCommand } from './admin-command.js';

@SubCommand({ name: 'migrate', description: 'Bring the database up to date; make it, where it is embedded and not there yet.' })
export class MigrateDbCommand extends AdminCommand {
  protected readonly examples = [
    'db migrate',
    'db migrate   # with DATABASE_URL=postgres://user:password@host/database in the environment',
  ];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(): Promise<void> {
    const done = await migrate(await this.store.database({ make: true }));
    print(done.length > 0 ? done.map((name) => `migrated ${name}`).join('\n') : 'up to date');
  }
}
