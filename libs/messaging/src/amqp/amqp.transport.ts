import type { AmqpConfig } from '../amqp.config.js';
import { DRAIN_MS, type Transport, type TransportOptions } from '../transport.js';
import { amqpAddress } from './amqp.address.js';
import { AmqpClient } from './amqp.client.js';
import { AmqpDeadLetters } from './amqp.dead-letters.js';
import { examine } from './amqp.examination.js';
import { policiesOf } from './amqp.management.js';
import { AmqpServer } from './amqp.server.js';

/** Between processes, over RabbitMQ. Nothing connects before the client is told to or a server listens. @throws StartError for a file of TLS that cannot be read. */
export function amqpTransport(config: AmqpConfig, { drainMs = DRAIN_MS }: TransportOptions = {}): Transport {
  const address = amqpAddress(config);
  const client = new AmqpClient(address);
  const servers: AmqpServer[] = [];
  return {
    client,
    server(backends) {
      const server = new AmqpServer({ address, prefetch: config.PREFETCH, backends, drainMs });
      servers.push(server);
      return server;
    },
    get connected() {
      return servers.every((server) => !server.isOpen || server.connected) && (!client.wanted || client.connected);
    },
    deadLetters: () => new AmqpDeadLetters(address),
    examine: (backends) => examine(address, backends),
    policies: (queues) => policiesOf(address, queues),
    async ready() {
      await Promise.all([
        ...servers.filter(({ isOpen }) => isOpen).map((server) => server.ready()),
        ...(client.wanted ? [client.ready()] : []),
      ]);
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
      await client.close();
    },
  };
}
