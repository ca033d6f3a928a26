import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Keystone } from './keystone.js';
import { KeystoneConfig } from './keystone.config.js';

it('says of every URL why it cannot be asked there', async () => {
  const OS_AUTH_URL = 'http://127.0.0.1:1/v3, http://127.0.0.1:2';
  const keystone = new Keystone(Object.assign(new KeystoneConfig(), { OS_AUTH_URL, KEYSTONE_RETRIES: 0 }));

  const said = await Promise.all([1, 2, 3].map(() => keystone.ask('GET', '', {}).catch(({ message }: Error) => message)));

  expect(said).toEqual(
    Array(3).fill(
      'Keystone cannot be asked at http://127.0.0.1:1/v3: connect ECONNREFUSED 127.0.0.1:1; ' +
        'at http://127.0.0.1:2/v3: connect ECONNREFUSED 127.0.0.1:2',
    ),
  );
  await keystone.close();
});

describe('what is no Keystone', () => {
  const servers: Server[] = [];
  /** One that says the same to whatever it is asked. */
  async function saying(status: number, body: string): Promise<string> {
    const server = createServer((_, response) => response.writeHead(status).end(body));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const keystoneAt = (...urls: string[]) =>
    new Keystone(Object.assign(new KeystoneConfig(), { OS_AUTH_URL: urls.join(','), KEYSTONE_RETRIES: 0 }));
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('is passed over, and told where there is nobody else', async () => {
    const page = await saying(404, '<html>Not Found</html>');
    const another = await saying(404, '{"status": 404, "error": "Not Found"}');
    const right = await saying(404, '{"error": {"code": 404}}');
    const [among, alone] = [keystoneAt(page, another, right), keystoneAt(page)];

    expect(await among.ask('GET', '', {})).toMatchObject({ url: `${right}/v3`, status: 404 });
    await expect(alone.ask('GET', '', {})).rejects.toThrow(
      `Keystone cannot be asked at ${page}/v3: it answered 404, and not as Keystone does`,
    );
    await Promise.all([among.close(), alone.close()]);
  });

  it('is found by looking at each URL', async () => {
    const [page, ill] = [await saying(200, 'welcome'), await saying(503, '{}')];
    const right = await saying(200, '{"version": {"id": "v3.14"}}');
    const keystone = keystoneAt(page, right, ill, 'http://127.0.0.1:1');

    expect(await keystone.silent()).toEqual(
      new Map([
        [`${page}/v3`, 'it answered 200, and not as Keystone does'],
        [`${ill}/v3`, 'it answered 503'],
        ['http://127.0.0.1:1/v3', 'connect ECONNREFUSED 127.0.0.1:1'],
      ]),
    );
    await keystone.close();
  });
});
