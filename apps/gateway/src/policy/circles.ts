/** Every circle of rules that refer to each other, a sentence each. @param referencesOf the names that a rule refers to, known or not */
export function circlesIn(names: Iterable<string>, referencesOf: (name: string) => readonly string[]): string[] {
  const faults: string[] = [];
  const told = new Set<string>();
  const find = (name: string, path: readonly string[]): void => {
    const start = path.indexOf(name);
    if (start !== -1) faults.push(`${[...path.slice(start), name].join(' → ')} is a circle of rules that refer to each other.`);
    if (told.has(name)) return;
    told.add(name);
    for (const other of new Set(referencesOf(name))) find(other, [...path, name]);
  };
  for (const name of names) find(name, []);
  return faults;
}
