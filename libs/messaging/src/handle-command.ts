import { Logger } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { type Bells, type Command, COMMANDS } from './commands.js';
import type { CommandContext } from './command.context.js';

type CommandHandler<C extends Command> = (bell: Bells[C], context: CommandContext) => Promise<void> | void;

const logger = new Logger('HandleCommand');

/**
 * Marks the method that carries a command out; it is called with the bell and its context, and may be called twice.
 * It returns or throws, and both are answered "look now": the outcome stands in the operation's row. An error is logged here and goes no
 * further, since one that reaches the broker library is delivered again for ever while the caller waits.
 */
export const HandleCommand =
  <C extends Command>(command: C) =>
  <H extends CommandHandler<C>>(target: object, key: string, descriptor: TypedPropertyDescriptor<H>): void => {
    const carryOut: CommandHandler<C> | undefined = descriptor.value;
    if (!carryOut) throw new TypeError(`@HandleCommand('${command}') belongs on a method`);

    const answered: CommandHandler<C> = async function (this: unknown, bell, context) {
      try {
        await carryOut.call(this, bell, context);
      } catch (error) {
        logger.error({ message: `${command} of operation ${bell.operationId} failed`, request_id: context.requestId }, stackOf(error));
      }
    };
    descriptor.value = answered as H; // the same but for what it lets through
    keepMetadata(carryOut, answered);
    MessagePattern(command)(target, key, descriptor);
    // Without these Nest hands a handler its payload alone.
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
  };

/** @throws when one of the commands has no handler, naming all of them at once. */
export function assertAllHandled(handled: Iterable<string>): void {
  const known = new Set(handled);
  const missing = COMMANDS.filter((command) => !known.has(command));
  if (missing.length > 0) throw new Error(`No handler for ${missing.join(', ')}: every command needs one @HandleCommand`);
}

/** Guards and the like, set by decorators below this one, are kept on the function itself. */
function keepMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from) as string[]) Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
