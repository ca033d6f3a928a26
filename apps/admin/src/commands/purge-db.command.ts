import { Option, SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { ageInMs } from '../age.js';
import { InvalidValue } from '../exit-code.js';
import { type Format, printList } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

interface Options {
  format: Format;
  older: number;
  apply?: boolean;
}

/** By then whoever waited for an operation has looked at its end. */
const YOUNGEST_MS = 3_600_000;
const COLUMNS = ['table', 'rows'];

@SubCommand({
  name: 'purge',
  description: 'Count, or with --apply delete, what has been over for long: operations that have ended, and the rows of what is deleted.',
})
export class PurgeDbCommand extends PrintingCommand {
  protected readonly examples = ['db purge --older 30d', 'db purge --older 30d --apply -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format, older, apply = false }: Options): Promise<void> {
    const { pruning } = await this.store.services();
    const counts = apply ? await pruning.purge(older) : await pruning.prunable(older);
    printList(
      Object.entries(counts).map(([table, rows]) => ({ table, rows })),
      format,
      COLUMNS,
    );
    process.stderr.write(apply ? 'These rows are gone.\n' : 'These rows would go; --apply deletes them.\n');
  }

  @Option({ flags: '-o, --older <age>', description: 'what ended longer ago than this: 30d, 12h; at least 1h', required: true })
  older(value: string): number {
    const ms = ageInMs(value);
    if (ms < YOUNGEST_MS) throw new InvalidValue('It takes an age of at least 1h.');
    return ms;
  }

  @Option({ flags: '--apply', description: 'delete them, in batches; without it they are only counted' })
  apply(): boolean {
    return true;
  }
}
