import { DRAIN_MS, type Transport, type TransportOptions } from '../transport.js';
import { MemoryBroker } from './memory.broker.js';
import { MemoryClient } from './memory.client.js';
import { MemoryServer } from './memory.server.js';

/** Within one process: gateway and worker meet when they are given the same one. */
export function memoryTransport({ prefetch = 32, drainMs = DRAIN_MS }: TransportOptions & { prefetch?: number } = {}): Transport {
  const broker = new MemoryBroker();
  const client = new MemoryClient(broker);
  const servers: MemoryServer[] = [];
  return {
    client,
    server(backends) {
      const server = new MemoryServer({ broker, prefetch, backends, drainMs });
      servers.push(server);
      return server;
    },
    connected: true,
    deadLetters: () => broker,
    examine: async () => null,
    policies: async () => null,
    async ready() {
      await Promise.all(servers.map((server) => server.ready()));
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
      client.close();
    },
  };
}
