import { Inject, Injectable, Logger } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { catchError, map, NEVER, type Observable, take } from 'rxjs';
import type { Ring } from './command.proxy.js';
import type { Bells, Command, Trace } from './commands.js';

/** Injection token of the transport's client. */
export const COMMAND_PROXY = Symbol('COMMAND_PROXY');

/** Rings workers. What a ring brings is never an answer, only a reason to look at the operation's row earlier. */
@Injectable()
export class CommandClient {
  private readonly logger = new Logger(CommandClient.name);

  constructor(@Inject(COMMAND_PROXY) private readonly proxy: ClientProxy) {}

  /**
   * Rings when subscribed to. Emits once and completes when a worker says "look now"; unsubscribing forgets the reply.
   * It never fails: where the broker is away, or bell or reply are lost, it stays silent, and the caller looks at the row in its own time.
   */
  ring<C extends Command>(command: C, bell: Bells[C], trace: Trace): Observable<void> {
    return this.proxy.send<unknown, Ring>(command, { bell, trace }).pipe(
      take(1),
      map(() => undefined),
      catchError((error: unknown) => {
        this.logger.warn(`No bell for operation ${bell.operationId}: ${String(error)}`);
        return NEVER;
      }),
    );
  }
}
