import { named5xx } from './judge';
import type { Heard } from './conversation';

/** The document of versions is a choice of several. */
const isDone = (status: string): boolean => /^(2|300)/.test(status);

/** How often what was answered, by what was asked. */
export class Tally {
  asked = 0;
  /** How many answers were held against the document. */
  held = 0;
  private readonly rows = new Map<string, Map<string, number>>();
  readonly named5xx = new Map<string, number>();

  count(sort: string, target: string, heard: Heard | null): void {
    this.asked++;
    const row = this.rows.get(`${sort}\t${target}`) ?? new Map<string, number>();
    this.rows.set(`${sort}\t${target}`, row);
    const status = heard ? String(heard.status) : 'other';
    row.set(status, (row.get(status) ?? 0) + 1);
    const name = heard && named5xx(heard);
    if (name) this.named5xx.set(name, (this.named5xx.get(name) ?? 0) + 1);
  }

  /** The share of 2xx among what was well-formed. */
  get done(): number {
    const rows = [...this.rows].filter(([key]) => key.startsWith('well-formed'));
    const sum = (statuses: (status: string) => boolean) =>
      rows.flatMap(([, row]) => [...row].filter(([status]) => statuses(status))).reduce((total, [, count]) => total + count, 0);
    return (
      sum((status) => isDone(status)) /
      Math.max(
        1,
        sum(() => true),
      )
    );
  }

  /** Routes and actions that were asked, whatever with, and never came to a 2xx. */
  get neverDone(): string[] {
    const targets = new Map<string, boolean>();
    for (const [key, row] of this.rows) {
      const [sort = '', target = ''] = key.split('\t');
      if (sort === 'well-formed')
        targets.set(
          target,
          [...row.keys()].some((status) => isDone(status)),
        );
    }
    return [...targets].filter(([, isDone]) => !isDone).map(([target]) => target);
  }

  toString(): string {
    const lines = [...this.rows].sort().map(([key, row]) => `${key}\t${[...row].sort().map(([status, count]) => `${status}: ${count}`).join('  ')}`); // prettier-ignore
    return lines.join('\n');
  }
}
