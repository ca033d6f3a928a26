/** An error for the log: its stack, and those of its causes. */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${told(error.cause)}`;
}
