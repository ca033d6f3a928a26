import type { KeyRing, KeyUse } from '@app/attachments';
import { SubCommand } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { ProblemsFound } from '../exit-code.js';
import { keyRing } from '../key-ring.js';
import { type Format, printList } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

export const KEY_COLUMNS = ['key', 'inRing', 'column', 'texts'];

@SubCommand({
  name: 'status',
  description: 'Show which keys rows are sealed with. A key without rows may leave the ring. Exit code 3: a key is missing.',
})
export class StatusSecretsCommand extends PrintingCommand {
  protected readonly examples = ['secrets status', 'secrets status -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format }: { format: Format }): Promise<void> {
    const keys = keyRing(this.store.config());
    const uses = await (await this.store.services()).rekey.keysInUse();
    const unused = keys.ids.filter((id) => !uses.some(({ key }) => key === id)).map((key) => ({ key, column: null, texts: 0 }));
    printList(keysShown([...uses, ...unused], keys), format, KEY_COLUMNS);
    const missing = [...new Set(uses.map(({ key }) => key))].filter((key) => !keys.ids.includes(key));
    if (missing.length > 0) throw new ProblemsFound(`Rows are sealed with ${missing.join(', ')}, which is not in the ring.`);
  }
}

/** Ids only: a key itself is never shown. */
export const keysShown = (
  uses: readonly (Omit<KeyUse, 'column'> & { column: string | null })[],
  keys: KeyRing,
): Record<string, unknown>[] =>
  uses.map((use) => ({ ...use, inRing: use.key === keys.sealingKey ? 'first, it seals' : keys.ids.includes(use.key) ? 'yes' : 'no' }));
