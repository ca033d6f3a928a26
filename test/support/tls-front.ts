import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificates';

/** TLS before a server that speaks none, as a proxy of an operator's would be. */
export class TlsFront {
  private readonly server: Server;
  private readonly open = new Set<TLSSocket>();
  private port = 0;

  private constructor({ cert, key }: Certificate) {
    this.server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (inside) => {
      this.open.add(inside);
      const outside = connect(this.port, '127.0.0.1');
      for (const [from, to] of [
        [inside, outside],
        [outside, inside],
      ] as const)
        from
          .on('error', () => to.destroy())
          .on('close', () => to.destroy())
          .pipe(to);
    });
    this.server.on('tlsClientError', () => undefined); // whoever does not trust it goes away
  }

  static async start(certificate: Certificate): Promise<TlsFront> {
    const front = new TlsFront(certificate);
    await new Promise<void>((listening) => front.server.listen(0, '127.0.0.1', listening));
    return front;
  }

  /** The URL of that server by way of this one. */
  before(url: string): string {
    this.port = Number(new URL(url).port);
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((closed) => this.server.close(closed));
  }
}
