import type { ListQuery } from '@app/attachments';
import { CommandRunner, Help, Option } from 'nest-commander';
import { InvalidValue } from '../exit-code.js';
import { type Format, FORMATS } from '../printing.js';

/** Commander's, of the version that nest-commander has. */
export type Parser = Parameters<CommandRunner['setCommand']>[0];

/** What all commands have: they refuse what they do not know, and show how they are used. */
export abstract class AdminCommand extends CommandRunner {
  /** What follows `mooring-admin`, in the help. */
  protected abstract readonly examples: readonly string[];

  /** The parser must not end the process: what was opened has to be closed, and wrong usage has its own exit code. */
  override setCommand(command: Parser): this {
    command.exitOverride().allowExcessArguments(false).showHelpAfterError('(--help shows how it is used)');
    return super.setCommand(command);
  }

  @Help('after')
  shownExamples(): string {
    return `\nExamples:\n${this.examples.map((example) => `  mooring-admin ${example}`).join('\n')}`;
  }
}

/** A command that prints what it found. */
export abstract class PrintingCommand extends AdminCommand {
  @Option({ flags: '-f, --format <format>', description: `how to print: ${FORMATS.join(' or ')}`, defaultValue: 'table' })
  format(value: string): Format {
    const known = FORMATS.find((format) => format === value);
    if (!known) throw new InvalidValue(`Allowed are ${FORMATS.join(' and ')}.`);
    return known;
  }
}

export interface ListOptions {
  format: Format;
  limit: number;
}

const DEFAULT_LIMIT = 100;

export abstract class ListCommand extends PrintingCommand {
  @Option({ flags: '-l, --limit <rows>', description: 'how many to print, the newest first', defaultValue: DEFAULT_LIMIT })
  limit(value: string): number {
    return wholeNumber(value);
  }
}

/** All projects' rows, newest first, of which these columns have these values; a value that was not asked for is left out. */
export function newest(limit: number, wanted: Record<string, string | undefined>): ListQuery {
  const filters = Object.entries(wanted).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value, like: false }]));
  return { limit, offset: 0, marker: null, sort: null, filters, allTenants: true };
}

const MOST = 2_147_483_647;

export function wholeNumber(value: string): number {
  if (!/^\d{1,10}$/.test(value) || Number(value) < 1 || Number(value) > MOST)
    throw new InvalidValue(`It takes a whole number from 1 to ${MOST}.`);
  return Number(value);
}
