/** The names on the broker, the same in both transports. Other programs rely on them (design §7). */
export const COMMANDS_EXCHANGE = 'mooring.commands';
export const BOOKKEEPING_QUEUE = 'mooring.bookkeeping';
export const DEAD_LETTER_EXCHANGE = 'mooring.dead-letter';
export const DEAD_LETTER_QUEUE = 'mooring.dead-letter';

/** Holds no `@`, so no backend can be called so. */
const BOOKKEEPING_KEY = 'bookkeeping';

/** How often a bell may come back unanswered, because its worker died, before it is put aside. The operation's own attempts are the real limit. */
export const DELIVERY_LIMIT = 10;

/** The newest unreadable messages are kept; a program that sends nothing else must not fill the broker's disk. */
export const DEAD_LETTERS_KEPT = 10_000;

/** A queue of bells and the key by which the direct exchange finds it. */
export interface BellQueue {
  name: string;
  key: string;
}

export const BOOKKEEPING: BellQueue = { name: BOOKKEEPING_QUEUE, key: BOOKKEEPING_KEY };

/** `backend` is `host@backend`, without the pool. */
export const backendQueue = (backend: string): BellQueue => ({ name: `mooring.backend.${backend}`, key: backend });

/** What a worker of these backends serves: theirs, and what every worker does. */
export const queuesOf = (backends: readonly string[]): BellQueue[] => [...new Set(backends)].map(backendQueue).concat(BOOKKEEPING);

export const routingKeyOf = (backend: string | null): string => backend ?? BOOKKEEPING_KEY;
