/** An error for the log: its stack, and those of its causes. */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${told(error.cause)}`;
}

/** An error in a few words. A refused connection on two addresses has no message of its own. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, code, name } = error as Partial<NodeJS.ErrnoException>;
  return message || code || name || 'no reason given';
}
