/** A message that nobody could read, or that outlived too many workers. */
export interface DeadLetter {
  /** Its message id (the operation's, for a bell of ours), else one made from its content, the same each time. */
  id: string;
  /** The queue that it came from. */
  queue: string;
  /** The broker's word: `rejected` (unreadable) or `delivery_limit`. */
  reason: string;
  time: Date | null;
  type: string | null;
  /** As text, cut at 4 kB: it may be anything. */
  body: string;
  headers: Record<string, unknown>;
}

/** For an administrator's eyes. Looking takes nothing away. */
export interface DeadLetters {
  /** The oldest first, at most `limit`. Rejects when the broker cannot be asked. */
  list(limit: number): Promise<DeadLetter[]>;
  /** Null when there is none of that id; the oldest where several have it. */
  show(id: string): Promise<DeadLetter | null>;
}

const SHOWN_BODY = 4_096;

export const shownBody = (body: string): string => (body.length > SHOWN_BODY ? `${body.slice(0, SHOWN_BODY)}…` : body);
