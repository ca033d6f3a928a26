import type { StuckOperation, WaitingAttachment } from '@app/attachments';
import { Command, Option } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { ageInMs, ageInWords } from '../age.js';
import { ProblemsFound } from '../exit-code.js';
import { type Format, json, print, printOne } from '../printing.js';
import { PrintingCommand, wholeNumber } from './admin-command.js';

interface Options {
  format: Format;
  older?: number;
  limit: number;
}

const DEFAULT_AGE_MS = 60_000;

@Command({
  name: 'stuck',
  description:
    'Say what has not ended, why, and what comes next; and apart from it what waits for its caller. Exit code 3: something is stuck.',
})
export class StuckCommand extends PrintingCommand {
  protected readonly examples = ['stuck', 'stuck --older 10m -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format, older = DEFAULT_AGE_MS, limit }: Options): Promise<void> {
    const { stuck: log } = await this.store.services();
    const stuck = await log.operations(older, limit);
    const waiting = await log.waiting(older, limit);
    if (format === 'json') print(json({ stuck, waiting }));
    else printTables(stuck, waiting);
    if (stuck.length > 0) throw new ProblemsFound(stuck.length === 1 ? '1 operation is stuck.' : `${stuck.length} operations are stuck.`);
  }

  @Option({ flags: '-o, --older <age>', description: 'only what was begun longer ago than this: 90s, 15m, 2h or 1d (default: 60s)' })
  older(value: string): number {
    return ageInMs(value);
  }

  @Option({ flags: '-l, --limit <rows>', description: 'how many of each to print, the oldest first', defaultValue: 100 })
  limit(value: string): number {
    return wholeNumber(value);
  }
}

/** The sentences are long, so each gets a table of its own. */
function printTables(stuck: StuckOperation[], waiting: WaitingAttachment[]): void {
  if (stuck.length === 0) print('nothing is stuck');
  for (const { id, kind, ageSeconds, ...row } of stuck) {
    const { volumeId, attachmentId, instanceUuid, projectId, host, backend, requestId, globalRequestId, why, next } = row;
    const whose = { volumeId, attachmentId, instanceUuid, projectId, host, backend, requestId, globalRequestId };
    printOne({ operation: `${kind} ${id}`, age: ageInWords(ageSeconds), ...whose, why, next }, 'table');
  }
  if (waiting.length > 0) print(`\nwaiting for their callers, which is not our move: ${waiting.length}`);
  for (const { id, ageSeconds, volumeId, instanceUuid, projectId, host, requestId, reasonText, why, next } of waiting) {
    const whose = { volumeId, instanceUuid, projectId, host, requestId, lastFailure: reasonText };
    printOne({ attachment: id, age: ageInWords(ageSeconds), ...whose, why, next }, 'table');
  }
}
