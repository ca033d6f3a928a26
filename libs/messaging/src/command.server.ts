import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { filter, isObservable, lastValueFrom } from 'rxjs';
import { CommandContext } from './command.context.js';
import type { Bell, Command } from './commands.js';
import { assertAllHandled } from './handle-command.js';
import { lookNow, readBell, type WireMessage } from './wire.js';

/** One message in a worker's hand. None of its methods throws: where the way back is gone, the broker delivers again. */
export interface Delivery {
  message: WireMessage;
  queue: string;
  redelivered: boolean;
  /** A reply may be lost: its caller looks anyway. */
  reply(message: WireMessage): void;
  ack(): void;
  /** To the dead letters. */
  reject(): void;
  /** Back to its queue, for another worker. */
  giveBack(): void;
}

/** The worker's end of a transport, as far as all transports are alike: read, carry out, reply, acknowledge, drain. */
export abstract class CommandServer extends Server implements CustomTransportStrategy {
  private readonly inFlight = new Set<Promise<void>>();
  private closed?: Promise<void>;

  protected constructor(private readonly drainMs: number) {
    super();
  }

  /** Begins to serve; where the broker is away it goes on trying, and the start succeeds all the same. */
  protected abstract open(): void;
  /** No delivery comes after it. */
  protected abstract stopTaking(): Promise<void>;
  /** Lets go of the broker; what was not acknowledged goes back to its queue. */
  protected abstract letGo(): Promise<void>;
  /** Resolves when all queues are being consumed, now or next. Rejects only when the server is closed. */
  abstract ready(): Promise<void>;

  get isOpen(): boolean {
    return this.closed === undefined;
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      assertAllHandled(this.getHandlers().keys());
      this.open();
    } catch (error) {
      return callback(error);
    }
    callback();
  }

  /** Drains: takes nothing more, waits for the handlers at work up to the limit, lets go. Whoever calls it again waits for the same drain. */
  close(): Promise<void> {
    return (this.closed ??= this.drain());
  }

  /** `connected` or `disconnected`; also as it is at the call. */
  on(event: string | number, callback: unknown): void {
    this.status.pipe(filter((status) => status === event)).subscribe(callback as () => void);
  }

  protected take(delivery: Delivery): void {
    if (this.closed) return delivery.giveBack();
    const work = this.carryOut(delivery).finally(() => this.inFlight.delete(work));
    this.inFlight.add(work);
  }

  private async carryOut(delivery: Delivery): Promise<void> {
    const received = this.read(delivery);
    if (!received) return delivery.reject();
    const context = new CommandContext([delivery.message, delivery.redelivered]);
    await this.dispatch(received.command, received.bell, context);
    // After the handler's commit, and the reply before the acknowledgement: a worker that dies in between is asked again.
    if (delivery.message.replyTo) delivery.reply(lookNow(delivery.message));
    if (context.handedOver) delivery.giveBack();
    else delivery.ack();
  }

  private read({ message, queue }: Delivery) {
    try {
      return readBell(message);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.logger.error(
        `A message of ${queue} cannot be read and goes to the dead letters: ${why} (message ${message.messageId ?? 'unnamed'})`,
      );
      return null;
    }
  }

  /** @HandleCommand lets no error out; what still comes here is a guard's, a pipe's or Nest's, and is answered like any other outcome. */
  private async dispatch(command: Command, bell: Bell, context: CommandContext): Promise<void> {
    try {
      const handler = this.getHandlerByPattern(command);
      if (!handler) throw new Error(`no handler for ${command}`);
      const result: unknown = await handler(bell, context);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    } catch (error) {
      this.logger.error({ message: `${command} of operation ${bell.operationId} was refused`, request_id: context.requestId }, error);
    }
  }

  private async drain(): Promise<void> {
    await this.stopTaking();
    if (!(await settledWithin(this.drainMs, this.inFlight))) {
      this.logger.warn(`${this.inFlight.size} commands are still at work after ${this.drainMs} ms: their bells go back to the queue`);
    }
    await this.letGo();
  }
}

async function settledWithin(ms: number, work: Iterable<Promise<void>>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const done = Promise.allSettled(work).then(() => true);
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
