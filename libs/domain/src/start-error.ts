/** Why a process cannot start, in one sentence for the person who started it: printed without a stack, exit code 1. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
