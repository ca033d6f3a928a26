import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';

/**
 * Loopback ports that nobody listens on. They lie below the range from which the system draws ports for outgoing connections: a client that
 * knocks again and again at a server that is down would otherwise draw the very port that it knocks at, connect to itself and keep the server out.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  while (ports.length < count) {
    const port = candidate();
    const server = await listening(port);
    if (server === null) continue;
    held.push(server);
    ports.push(port);
  }
  await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

const LOWEST = 12_000;

function candidate(): number {
  return LOWEST + Math.floor(Math.random() * (firstOutgoingPort() - LOWEST));
}

function firstOutgoingPort(): number {
  try {
    const first = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]);
    return first > LOWEST + 1_000 ? first : 32_768;
  } catch {
    return 32_768; // no Linux: its usual boundary lies below that of the others
  }
}

function listening(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
