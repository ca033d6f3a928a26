import { Option } from 'nest-commander';
import { PrintingCommand, wholeNumber } from './admin-command.js';

const DEFAULT_WAIT_S = 60;

/** As the parser gives it: true where no seconds were said, absent where nobody waits. */
export type Wait = number | true | undefined;

export const secondsOf = (wait: number | true): number => (wait === true ? DEFAULT_WAIT_S : wait);

/** A command whose work is done by a worker: it may wait for the end. */
export abstract class WaitingCommand extends PrintingCommand {
  @Option({ flags: '-w, --wait [seconds]', description: `wait until it is done, ${DEFAULT_WAIT_S} s at most unless said otherwise` })
  wait(value: string): number {
    return wholeNumber(value);
  }
}
