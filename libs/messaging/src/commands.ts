/** The look-now bell: ids only, never a secret, never an answer. It may be lost, doubled or late without harm (design §7). */
export interface Bell {
  operationId: string;
  volumeId: string;
  /** Null for work on a volume alone. */
  attachmentId: string | null;
  /** `host@backend`, whose workers are rung; null: work that needs no driver, rung at every worker. */
  backend: string | null;
}

/** The whole contract: a worker that lacks a handler for one of these refuses to start. */
export interface Bells {
  'attachment.attach': Bell;
  'attachment.complete': Bell;
  'attachment.detach': Bell;
  'volume.create': Bell;
  'volume.delete': Bell;
  'volume.extend': Bell;
  'volume.connect': Bell;
  'volume.disconnect': Bell;
}

export type Command = keyof Bells;

const EVERY_COMMAND: Record<Command, true> = {
  'attachment.attach': true,
  'attachment.complete': true,
  'attachment.detach': true,
  'volume.create': true,
  'volume.delete': true,
  'volume.extend': true,
  'volume.connect': true,
  'volume.disconnect': true,
};

export const COMMANDS: readonly Command[] = Object.keys(EVERY_COMMAND) as Command[];

export const isCommand = (word: unknown): word is Command => (COMMANDS as readonly unknown[]).includes(word);

/** Which request a bell belongs to: for logs and traces, nothing is decided by it. */
export interface Trace {
  requestId: string;
  /** W3C trace context, handed on as it is. */
  traceparent?: string;
}
