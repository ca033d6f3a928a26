export { amqpTransport } from './amqp/amqp.transport.js';
export { AmqpConfig } from './amqp.config.js';
export type { BrokerFacts, QueueFacts, QueuePolicy } from './broker-facts.js';
export { CommandClient } from './command.client.js';
export { CommandContext } from './command.context.js';
export { type Bell, type Bells, type Command, COMMANDS, type Trace } from './commands.js';
export type { DeadLetter, DeadLetters } from './dead-letters.js';
export { assertAllHandled, HandleCommand } from './handle-command.js';
export { memoryTransport } from './memory/memory.transport.js';
export { MessagingModule } from './messaging.module.js';
export {
  BOOKKEEPING_QUEUE,
  COMMANDS_EXCHANGE,
  DEAD_LETTER_EXCHANGE,
  DEAD_LETTER_QUEUE,
  DELIVERY_LIMIT,
  backendQueue,
  routingKeyOf,
} from './topology.js';
export { BrokerState, type Transport, type TransportOptions } from './transport.js';
export { HEADER, LOOK_NOW, SCHEMA_VERSION } from './wire.js';
