/** The name that takes the fewest changed, added and dropped letters to become this one. */
export function nearest(name: string, known: readonly string[]): string {
  const [first = ''] = known;
  return known.reduce((best, other) => (distance(name, other) < distance(name, best) ? other : best), first);
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
