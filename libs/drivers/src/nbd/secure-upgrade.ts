import type { Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Access, AccessList } from './access-list.js';
import { ClientGone } from './wire.js';

// TLS 1.3 alone: its pre-shared keys always come with a fresh exchange, so a key that leaks later opens no recorded session.
const VERSION: TlsOptions = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' };

export interface Secured {
  socket: TLSSocket;
  access: Access;
}

/** @throws ClientGone unless the client proves that it holds the key of an identity on the list. */
export function secureUpgrade(raw: Socket, list: AccessList): Promise<Secured> {
  return new Promise((resolve, reject) => {
    const refuse = () => reject(new ClientGone('no TLS with a known identity'));
    if (raw.destroyed) return refuse();
    let access: Access | undefined;
    // A server for this one client: its tickets are worth nothing with any other, so that nobody resumes what has been revoked.
    const server = createServer({
      ...VERSION,
      pskCallback: (_socket, identity) => {
        access = list.find(identity);
        return access?.grant.key ?? null;
      },
    });
    raw.once('close', refuse);
    server.once('tlsClientError', refuse);
    server.once('secureConnection', (socket) => {
      if (access) resolve({ socket, access });
      else refuse();
    });
    server.emit('connection', raw);
  });
}
