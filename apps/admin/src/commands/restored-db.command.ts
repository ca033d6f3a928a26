import { Option, SubCommand } from 'nest-commander';
import { administrator, AdminStore } from '../admin-store.js';
import { type Format, printOne } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

interface Options {
  format: Format;
  apply?: boolean;
  settle?: boolean;
}

@SubCommand({
  name: 'restored',
  description:
    'After a restore from a backup: lift claim numbers above those that backends have seen, and with --settle make backends equal to the rows.',
})
export class RestoredDbCommand extends PrintingCommand {
  protected readonly examples = ['db restored', 'db restored --apply', 'db restored --apply --settle'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format, apply = false, settle = false }: Options): Promise<void> {
    const { restored } = await this.store.services();
    if (!apply) {
      printOne({ claimNumbers: 'would be lifted', volumesToSettle: settle ? await restored.volumesToSettle() : 0 }, format);
      return void process.stderr.write('Nothing was done; --apply does it.\n');
    }
    const claimNumbers = `above ${await restored.skipClaimNumbers()}`;
    const volumesToSettle = settle ? await restored.settleEverything(administrator().requestId) : 0;
    printOne({ claimNumbers, volumesToSettle }, format);
  }

  @Option({ flags: '--apply', description: 'do it; without it nothing is written' })
  apply(): boolean {
    return true;
  }

  @Option({ flags: '--settle', description: 'also end every connection that no row has, and restore every one that a row has' })
  settle(): boolean {
    return true;
  }
}
