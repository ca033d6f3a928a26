import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the `openstack` command looks up elsewhere before it speaks to volumes: any server, project or user that it asks for exists. */
export class Neighbours {
  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<Neighbours> {
    const server = createServer((request, response) => {
      const body = answerTo(request.url ?? '');
      response.writeHead(body === null ? 404 : 200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body ?? { itemNotFound: { code: 404, message: 'not here' } }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new Neighbours(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

const KINDS: Record<string, string> = { servers: 'server', projects: 'project', users: 'user' };

function answerTo(url: string): unknown {
  const [path = ''] = url.split('?', 1);
  if (path.endsWith('/servers/detail')) return { servers: [] };
  if (path.endsWith('/limits')) return { limits: { rate: [], absolute: {} } };
  const [, kinds = '', id] = /\/(servers|projects|users)\/([^/]+)$/.exec(path) ?? [];
  const kind = KINDS[kinds];
  return kind === undefined ? null : { [kind]: { id, name: `the ${kind} ${id}` } };
}
