import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose work a line of the log is about, in the words in which the line has it. */
export interface LogContext {
  request_id?: string;
  global_request_id?: string;
  project_id?: string;
  operation_id?: string;
  attachment_id?: string;
  volume_id?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Every line that is logged inside of `work`, however deep and late, belongs to this context. */
export const inLogContext = <T>(context: LogContext, work: () => T): T => storage.run(context, work);

/** What is known now and was not when the context was opened; for all lines that follow in it. Outside of one it does nothing. */
export function annotate(more: LogContext): void {
  const context = storage.getStore();
  if (context) Object.assign(context, more);
}

export const logContext = (): LogContext | undefined => storage.getStore();
