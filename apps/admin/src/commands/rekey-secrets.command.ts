import { Option, SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { ProblemsFound } from '../exit-code.js';
import { keyRing } from '../key-ring.js';
import { type Format, printList } from '../printing.js';
import { PrintingCommand } from './admin-command.js';
import { keysShown, KEY_COLUMNS } from './status-secrets.command.js';

@SubCommand({
  name: 'rekey',
  description:
    'Seal everything with the first key of the ring, while everybody works. It may be repeated, and goes on where it was cut short.',
})
export class RekeySecretsCommand extends PrintingCommand {
  protected readonly examples = ['secrets rekey --dry-run', 'secrets rekey'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format, dryRun = false }: { format: Format; dryRun?: boolean }): Promise<void> {
    const keys = keyRing(this.store.config());
    const { rekey } = await this.store.services();
    if (dryRun) {
      const old = (await rekey.keysInUse()).filter(({ key }) => key !== keys.sealingKey);
      printList(keysShown(old, keys), format, KEY_COLUMNS);
      return void process.stderr.write('These would be sealed anew.\n');
    }
    const done = await rekey.rekey(keys);
    printList(
      done.map((column) => ({ ...column })),
      format,
      ['column', 'resealed', 'unreadable'],
    );
    const left = (await rekey.keysInUse()).filter(({ key }) => key !== keys.sealingKey);
    const others = [...new Set(left.map(({ key }) => key))];
    if (others.length > 0) throw new ProblemsFound(stillUsed(others));
    process.stderr.write(`Everything is sealed with ${keys.sealingKey}: no other key is needed by any row.\n`);
  }

  @Option({ flags: '-n, --dry-run', description: 'only count what would be sealed anew' })
  dryRun(): boolean {
    return true;
  }
}

const stillUsed = (keys: string[]): string =>
  `Rows are still sealed with ${keys.join(', ')}. A process that has not read the new key file yet goes on sealing so: restart it, and run this again.
What cannot be opened needs its key in the ring.`;
