import { randomBytes } from 'node:crypto';
import { Controller, Inject, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type Bell,
  type Command,
  CommandClient,
  type CommandContext,
  HandleCommand,
  MessagingModule,
  type Transport,
} from '@app/messaging';

export type Behaviour = (command: Command, bell: Bell, context: CommandContext) => Promise<void>;

const BEHAVIOUR = Symbol('BEHAVIOUR');

/** One method for each command, as in a worker; all of them do what the test says. */
@Controller()
class Handlers {
  constructor(@Inject(BEHAVIOUR) private readonly behave: Behaviour) {}

  @HandleCommand('attachment.attach')
  async attach(bell: Bell, context: CommandContext): Promise<void> {
    await this.behave('attachment.attach', bell, context);
  }

  @HandleCommand('attachment.complete')
  async complete(bell: Bell, context: CommandContext): Promise<void> {
    await this.behave('attachment.complete', bell, context);
  }

  @HandleCommand('attachment.detach')
  async detach(bell: Bell, context: CommandContext): Promise<void> {
    await this.behave('attachment.detach', bell, context);
  }

  @HandleCommand('volume.create')
  async createVolume(bell: Bell, context: CommandContext): Promise<void> {
    await this.behave('volume.create', bell, context);
  }

  @HandleCommand('volume.delete')
  async deleteVolume(bell: Bell, context: CommandContext): Promise<void> {
    await this.behave('volume.delete', bell, context);
  }

  @HandleCommand('volume.extend')
  async extendVolume(bell: Bell, context: CommandContext): Promise<void> {
    await this.behave('volume.extend', bell, context);
  }

  @HandleCommand('volume.connect')
  async connect(bell: Bell, context: CommandContext): Promise<void> {
    await this.behave('volume.connect', bell, context);
  }

  @HandleCommand('volume.disconnect')
  async disconnect(bell: Bell, context: CommandContext): Promise<void> {
    await this.behave('volume.disconnect', bell, context);
  }
}

export interface Worker {
  /** Operation ids of the bells that it took, in order. */
  rung: string[];
  bells: Bell[];
  contexts: CommandContext[];
  /** What Nest says of the transport, in order. */
  statuses: string[];
  /** Drains. */
  close(): Promise<void>;
}

interface WorkerOptions {
  behave?: Behaviour;
  handlers?: Type;
  /** Otherwise resolves without waiting for the broker. */
  ready?: boolean;
}

/** A worker as Nest runs one, which takes down what it is told. */
export async function startWorker(
  transport: Transport,
  backends: string[],
  { behave = async () => undefined, handlers = Handlers, ready = true }: WorkerOptions = {},
): Promise<Worker> {
  const worker: Omit<Worker, 'close'> = { rung: [], bells: [], contexts: [], statuses: [] };
  const behaviour: Behaviour = async (command, bell, context) => {
    worker.rung.push(bell.operationId);
    worker.bells.push(bell);
    worker.contexts.push(context);
    await behave(command, bell, context);
  };

  @Module({ controllers: [handlers], providers: [{ provide: BEHAVIOUR, useValue: behaviour }] })
  class WorkerModule {}

  const app = await NestFactory.createMicroservice(WorkerModule, {
    strategy: transport.server(backends),
    logger: false,
  });
  app.status.subscribe((status) => worker.statuses.push(status));
  await app.listen();
  if (ready) await transport.ready();
  return { ...worker, close: () => app.close() };
}

export interface Gateway {
  commands: CommandClient;
  close(): Promise<void>;
}

export async function startGateway(transport: Transport, { ready = true } = {}): Promise<Gateway> {
  @Module({ imports: [MessagingModule.forRoot(transport)] })
  class GatewayModule {}

  const app = await NestFactory.createApplicationContext(GatewayModule, { logger: false });
  if (ready) await transport.ready();
  return { commands: app.get(CommandClient), close: () => app.close() };
}

const unique = () => randomBytes(6).toString('hex');

/** Of its own, since queues stay on a broker. */
export const aBackend = (): string => `node1@${unique()}`;

export const aBell = (backend: string | null): Bell => ({
  operationId: `operation-${unique()}`,
  volumeId: `volume-${unique()}`,
  attachmentId: `attachment-${unique()}`,
  backend,
});

/** Closed until it is opened. */
export function aGate(): { open(): void; opened: Promise<void> } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), opened };
}
