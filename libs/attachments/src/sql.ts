/** One statement and its parameters. */
export class Sql {
  constructor(
    readonly strings: readonly string[],
    readonly values: readonly unknown[],
  ) {}

  get text(): string {
    return this.strings.reduce((text, part, i) => `${text}$${i}${part}`);
  }
}

/** Every value becomes a parameter; another `sql` is put in place, parameters and all. */
export function sql(parts: TemplateStringsArray, ...values: unknown[]): Sql {
  const strings = [parts[0] ?? ''];
  const flat: unknown[] = [];
  values.forEach((value, i) => {
    const after = parts[i + 1] ?? '';
    if (value instanceof Sql) {
      append(strings, value.strings);
      flat.push(...value.values);
      strings[strings.length - 1] += after;
    } else {
      flat.push(value);
      strings.push(after);
    }
  });
  return new Sql(strings, flat);
}

/** Text of our own that is part of the statement: a column's name, a direction. Never anything that a caller sent. */
export const raw = (text: string): Sql => new Sql([text], []);

export function join(items: readonly Sql[], separator: string): Sql {
  return items.reduce((all, item, i) => (i === 0 ? item : sql`${all}${raw(separator)}${item}`), raw(''));
}

/** No id holds a NUL, and PostgreSQL takes none: such an id is merely unknown. */
export const known = (id: string): string => (id.includes('\0') ? '' : id);

function append(strings: string[], more: readonly string[]): void {
  strings[strings.length - 1] += more[0] ?? '';
  strings.push(...more.slice(1));
}
