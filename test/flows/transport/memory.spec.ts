import { memoryTransport, type Transport } from '@app/messaging';
import { conforms, type Foreign } from './conformance.js';

interface Broker {
  publish(routingKey: string, message: Foreign): void;
}

conforms({
  name: 'in memory',
  open: (options) => memoryTransport(options),
  send: async (transport: Transport, routingKey, message) => transport.client.unwrap<Broker>().publish(routingKey, message),
});
