type Awaitable<T> = T | Promise<T>;
type Falsy = false | null | undefined | 0 | '';

/** Looks again and again until there is something, and answers it; rejects, naming `what`, when `withinMs` have passed. */
export async function until<T>(what: string, look: () => Awaitable<T | Falsy>, withinMs = 10_000): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}
