import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Networks } from './networks.js';

/** What proxies say of a request; anybody else can say it too. */
const WORDS_OF_PROXIES = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded'];

/** How a request came here, as far as it can be believed. */
export class WayHere {
  constructor(private readonly proxies: Networks) {}

  isProxy(address: string | undefined): boolean {
    return address !== undefined && this.proxies.include(address);
  }

  /** Takes out what a stranger says in a proxy's place, before anybody reads it. */
  forget({ headers, socket }: IncomingMessage): void {
    if (!WORDS_OF_PROXIES.some((name) => name in headers) || this.isProxy(socket.remoteAddress)) return;
    for (const name of WORDS_OF_PROXIES) delete headers[name];
  }

  /** The nearest address behind our proxies; undefined where its connection is gone already. */
  clientOf({ headers, socket }: IncomingMessage): string | undefined {
    const { remoteAddress } = socket;
    const said = headers['x-forwarded-for'];
    if (said === undefined || !this.isProxy(remoteAddress)) return remoteAddress;
    const hops = [said].flat().join().split(',').map((hop) => hop.trim()); // prettier-ignore
    const client = hops.findLast((hop) => !this.isProxy(hop));
    return client !== undefined && isIP(client) !== 0 ? client : remoteAddress;
  }
}
