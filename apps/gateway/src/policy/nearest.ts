/** A name that is further away than this is another word, and no slip. */
const FURTHEST = 1 / 3;

/** What to say behind a name that is none: the known one that takes the fewest changed, added and dropped letters to become it, where one is near. */
export function nearest(name: string, known: readonly string[]): string {
  const apart = known.map((other) => ({ other, by: distance(name, other) })).filter(({ by }) => by <= name.length * FURTHEST);
  const [first] = apart.sort((one, other) => one.by - other.by);
  return first ? `; the nearest is ${first.other}` : '';
}

/** Levenshtein's. */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const [diagonal = 0, above = 0, before = 0] = [row[j], row[j + 1], next[j]];
      next.push(letter === other ? diagonal : 1 + Math.min(diagonal, above, before));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
