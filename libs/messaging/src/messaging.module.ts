import { type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { COMMAND_PROXY, CommandClient } from './command.client.js';
import { BrokerState, type Transport } from './transport.js';

const TRANSPORT = Symbol('TRANSPORT');

/** Gives every module the CommandClient. Connects at start without waiting for the broker, closes the transport when the servers have drained. */
@Module({})
export class MessagingModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(TRANSPORT) private readonly transport: Transport) {}

  static forRoot(transport: Transport): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [
        { provide: TRANSPORT, useValue: transport },
        { provide: BrokerState, useExisting: TRANSPORT },
        { provide: COMMAND_PROXY, useValue: transport.client },
        CommandClient,
      ],
      exports: [CommandClient, BrokerState],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.transport.client.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }
}
