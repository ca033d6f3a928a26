import { checkDatabase, databaseFacts } from '@app/attachments';
import { SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { CommandFailed } from '../exit-code.js';
import { type Format, print, printOne } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

@SubCommand({ name: 'check', description: 'Say whether the database is fit for use, and everything that is wrong with it.' })
export class CheckDbCommand extends PrintingCommand {
  protected readonly examples = ['db check', 'db check -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format }: { format: Format }): Promise<void> {
    const database = await this.store.database({ make: false });
    const faults = await checkDatabase(database);
    if (faults.length === 0) return printOne({ result: 'ok', ...(await databaseFacts(database)) }, format);
    if (format === 'json') printOne({ result: 'faults', faults }, format);
    else print(faults.join('\n'));
    throw new CommandFailed(faults.length === 1 ? 'The database has a fault.' : `The database has ${faults.length} faults.`);
  }
}
