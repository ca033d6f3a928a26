const COLOURS: Record<string, string> = { fatal: '\x1b[31m', error: '\x1b[31m', warn: '\x1b[33m', info: '\x1b[32m', debug: '\x1b[2m' };
const RESET = '\x1b[0m';
const DIM = '\x1b[2m';
/** Said by the line's beginning, or below it. */
const ELSEWHERE = new Set(['level', 'time', 'pid', 'context', 'message', 'error', 'stack']);

interface Line {
  level: string;
  time: string;
  context?: string;
  message: string;
  error?: Failure;
  stack?: string;
}
interface Failure {
  stack?: string;
  cause?: Failure;
}

/** A line of the log for a person at a terminal. */
export function asText(json: string): string {
  const line = JSON.parse(json) as Line & Record<string, unknown>;
  const { level, time, context, message, error, stack } = line;
  const facts = Object.entries(line).flatMap(([key, value]) =>
    ELSEWHERE.has(key) ? [] : [`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`],
  );
  const begin = `${time.slice(11, 23)} ${COLOURS[level] ?? ''}${level.toUpperCase().padEnd(5)}${RESET} ${context === undefined ? '' : `[${context}] `}`;
  const below = [...stacksOf(error), ...(stack === undefined ? [] : [stack])];
  return `${[`${begin}${message}${facts.length > 0 ? ` ${DIM}${facts.join(' ')}${RESET}` : ''}`, ...below].join('\n')}\n`;
}

const stacksOf = (error: Failure | undefined): string[] =>
  error === undefined ? [] : [error.stack ?? '', ...stacksOf(error.cause).map((stack, i) => (i === 0 ? `caused by ${stack}` : stack))];
