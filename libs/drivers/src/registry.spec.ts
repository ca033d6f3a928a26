import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from './backends.config.js';
import { DriverRegistry } from './registry.js';

const folder = mkdtempSync(join(tmpdir(), 'mooring-registry-'));
afterAll(() => rmSync(folder, { recursive: true }));

const nbd = (name: string, options: object = {}): Backend => ({
  name: `node1@${name}`,
  pool: 'nbd',
  driver: 'nbd',
  options: { folder: join(folder, name), port: 0, ...options },
});

it('gives each backend the driver that it asks for, and nothing to a backend that is another’s', async () => {
  const registry = await DriverRegistry.open([nbd('a'), { name: 'node1@fake', pool: 'fake', driver: 'fake', options: {} }]);

  expect(registry.for('node1@a').capabilities.readOnly).toBe('enforced');
  expect(registry.for('node1@fake').capabilities.readOnly).toBe('advisory');
  expect(() => registry.for('node2@a')).toThrow('this process does not serve backend node2@a, only node1@a, node1@fake');
  await registry.close();
});

it('opens all or none, and says of each that cannot be served why', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const file = join(folder, 'file');
  writeFileSync(file, '');

  const opening = DriverRegistry.open([
    nbd('free'),
    nbd('busy', { port }),
    nbd('blocked', { folder: join(file, 'x') }),
    nbd('open', { host: '0.0.0.0' }),
  ]);

  await expect(opening).rejects.toThrow(
    [
      `backend node1@busy: the NBD portal 127.0.0.1:${port} is in use by another process: end that one, or name another options.port`,
      `backend node1@blocked: the folder ${join(file, 'x')} cannot be written (ENOTDIR); name another one in options.folder`,
      'backend node1@open: options.host is 0.0.0.0, which no host can connect to: say in options.advertise where the volumes are reached',
    ].join('\n'),
  );
  const again = await DriverRegistry.open([nbd('free')]); // its port is the remembered one: it was let go
  await again.close();
  await new Promise((resolve) => taken.close(resolve));
});
