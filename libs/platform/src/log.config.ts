import { IsIn } from 'class-validator';

export class LogConfig {
  /** How much is logged, on standard error: one JSON object a line, or plain text when that is a terminal. */
  @IsIn(['error', 'warn', 'info', 'debug']) readonly LOG_LEVEL: 'error' | 'warn' | 'info' | 'debug' = 'info';
}
