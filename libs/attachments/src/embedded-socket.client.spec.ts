import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedOver, type SocketQuestion } from './embedded-socket.client.js';
import { eachLine } from './socket-lines.js';

const folder = mkdtempSync(join(tmpdir(), 'mooring-socket-'));
const address = join(folder, 'admin.sock');
let server: Server;
afterEach(async () => {
  await new Promise((closed) => server.close(closed));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a database that cannot be opened over the socket leaves no connection behind', async () => {
  server = createServer((client) => eachLine(client, (line) => client.write(`${JSON.stringify(refusalOf(line))}\n`)));
  const connected = once(server, 'connection') as Promise<[Socket]>;
  await once(server.listen(address), 'listening');

  await expect(openEmbeddedOver(address)).rejects.toThrow('the disk is gone');

  const [client] = await connected;
  if (!client.closed) await once(client, 'close');
});

const refusalOf = (line: string) => ({ id: (JSON.parse(line) as SocketQuestion).id, error: { message: 'the disk is gone', code: null } });
