import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Grant } from './access-list.js';
import { NbdServer } from './nbd-server.js';
import { COMMANDS, ERRORS, OPTION_MAGIC, OPTION_REPLIES, OPTIONS, REQUEST_MAGIC } from './protocol.js';
import { Wire } from './wire.js';

const SIZE = 1024 * 1024;
const HANDSHAKE_MS = 400;
const folder = mkdtempSync(join(tmpdir(), 'mooring-nbd-'));
const file = join(folder, 'volume.raw');
const server = new NbdServer(HANDSHAKE_MS);
const sockets: Socket[] = [];
let port: number;

beforeAll(async () => {
  writeFileSync(file, '');
  truncateSync(file, SIZE);
  port = await server.listen('127.0.0.1', 0);
});
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('in the clear', () => {
  it.each([OPTIONS.go, OPTIONS.info, OPTIONS.list, 8, 99])('option %i is answered with "TLS required"', async (code) => {
    const wire = await greeted();

    await wire.write(option(code, go('any')));

    expect(await replyType(wire)).toBe(OPTION_REPLIES.errTlsRequired);
  });

  it.each([
    ['unknown client flags', Buffer.from([0, 0, 0, 8])],
    ['no option at all', Buffer.concat([Buffer.from([0, 0, 0, 3]), Buffer.from('GET / HTTP/1.1\r\n\r\n')])],
    ['an export by name', Buffer.concat([Buffer.from([0, 0, 0, 3]), option(OPTIONS.exportName, Buffer.from('any'))])],
    ['more behind the request for TLS', Buffer.concat([Buffer.from([0, 0, 0, 3]), option(OPTIONS.startTls), option(OPTIONS.list)])],
  ])('a client that sends %s is cut', async (_what, sent) => {
    const wire = new Wire(tcp());
    await wire.read(18);

    await wire.write(sent);

    await closed(wire.socket);
  });

  it('a client that sends nonsense instead of TLS is cut', async () => {
    const wire = await greeted();
    await wire.write(option(OPTIONS.startTls));
    expect(await replyType(wire)).toBe(OPTION_REPLIES.ack);

    await wire.write(randomBytes(4000));

    await closed(wire.socket);
  });

  it('an option that is too long is refused before it is read', async () => {
    const wire = await greeted();
    const head = option(OPTIONS.go);
    head.writeUInt32BE(0xffffffff, 12);

    await wire.write(head);

    expect(await replyType(wire)).toBe(OPTION_REPLIES.errTooBig);
    await closed(wire.socket);
  });

  it.each([
    ['says nothing', Buffer.alloc(0)],
    ['stops in the middle of an option', Buffer.concat([Buffer.from([0, 0, 0, 3]), option(OPTIONS.list).subarray(0, 9)])],
    ['asks for TLS and says nothing more', Buffer.concat([Buffer.from([0, 0, 0, 3]), option(OPTIONS.startTls)])],
  ])('a client that %s is cut when its time is over', async (_what, sent) => {
    const socket = tcp();
    socket.resume().write(sent);

    await closed(socket);
  });
});

describe('under TLS', () => {
  it('an identity sees its own export and no other', async () => {
    const grant = await granted();
    const wire = await secured(grant);

    await wire.write(option(OPTIONS.list));
    expect((await replyData(wire)).toString('utf8', 4)).toBe(grant.exportName);
    expect(await replyType(wire)).toBe(OPTION_REPLIES.ack);

    await wire.write(option(OPTIONS.go, go('another')));
    expect(await replyType(wire)).toBe(OPTION_REPLIES.errUnknown);
  });

  it.each([
    ['too short', Buffer.alloc(3)],
    ['with a name longer than itself', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0])],
    ['with more informations than it holds', Buffer.from([0, 0, 0, 0, 0, 9])],
  ])('a choice that is %s is answered as invalid, and the client may go on', async (_what, data) => {
    const grant = await granted();
    const wire = await secured(grant);

    await wire.write(option(OPTIONS.go, data));
    expect(await replyType(wire)).toBe(OPTION_REPLIES.errInvalid);

    await chosen(wire, grant);
  });

  it.each([[8], [99]])('unknown option %i is answered as such', async (code) => {
    const wire = await secured(await granted());

    await wire.write(option(code, Buffer.alloc(10)));

    expect(await replyType(wire)).toBe(OPTION_REPLIES.errUnsupported);
  });

  it('the old way to choose an export works too, with its 124 zeroes', async () => {
    const grant = await granted();
    const wire = await secured(grant, port, 1);

    await wire.write(option(OPTIONS.exportName, Buffer.from(grant.exportName)));

    expect((await wire.read(134)).readBigUInt64BE(0)).toBe(BigInt(SIZE));
    expect(await ask(wire, COMMANDS.flush, 0n, 0)).toBe(ERRORS.none);
  });

  it.each([
    ['before', secured],
    ['after', transmitting],
  ])('a client that sends nonsense within TLS, %s it has chosen, is cut', async (_when, prepare) => {
    const between = await relay();
    await prepare(await granted(), between.port);

    between.upstream().write(randomBytes(4000));

    await closed(between.upstream());
    between.close();
  });

  it('the ticket of a session opens nothing once its identity is revoked', async () => {
    const grant = await granted();
    const first = await tlsOf(grant);
    const ticket = await new Promise<Buffer>((resolve) => first.once('session', resolve).resume());
    await server.list.revoke(grant.identity);

    const entered = await tlsOf(grant, { session: ticket }).then(
      () => true,
      () => false,
    );

    expect(entered).toBe(false);
  });
});

describe('requests', () => {
  it.each([
    ['a read past the end', COMMANDS.read, BigInt(SIZE) - 100n, 101, ERRORS.invalid],
    ['a read at an offset beyond all numbers', COMMANDS.read, 0xffffffffffffffffn, 1, ERRORS.invalid],
    ['a write past the end', COMMANDS.write, BigInt(SIZE) - 100n, 101, ERRORS.noSpace],
    ['zeroes past the end', COMMANDS.writeZeroes, 0n, 0xffffffff, ERRORS.noSpace],
    ['a trim past the end', COMMANDS.trim, BigInt(SIZE), 1, ERRORS.invalid],
    ['an unknown command', 77, 0n, 0, ERRORS.invalid],
    ['a trim inside', COMMANDS.trim, 0n, 4096, ERRORS.none],
    ['a write of nothing at the end', COMMANDS.write, BigInt(SIZE), 0, ERRORS.none],
  ])('%s is answered, and the client may go on', async (_what, command, offset, length, expected) => {
    const wire = await transmitting(await granted());

    expect(await ask(wire, command, offset, length)).toBe(expected);
    expect(await ask(wire, COMMANDS.flush, 0n, 0)).toBe(ERRORS.none);
  });

  it.each([COMMANDS.write, COMMANDS.writeZeroes, COMMANDS.trim])('a read-only connection may not do command %i', async (command) => {
    const wire = await transmitting(await granted({ readOnly: true }));

    expect(await ask(wire, command, 0n, 512)).toBe(ERRORS.notPermitted);
    expect(await ask(wire, COMMANDS.flush, 0n, 0)).toBe(ERRORS.none);
  });

  it.each([
    ['a write longer than was offered', request(COMMANDS.write, 0n, 0xffffffff)],
    ['no request', randomBytes(28)],
  ])('a client that sends %s is cut', async (_what, sent) => {
    const wire = await transmitting(await granted());

    await wire.write(sent);

    await closed(wire.socket);
  });

  it('a client that leaves in the middle of a write harms nobody else', async () => {
    const [leaves, stays] = [await transmitting(await granted()), await transmitting(await granted())];

    await leaves.write(request(COMMANDS.write, 0n, 4096), Buffer.alloc(100));
    leaves.socket.destroy();

    expect(await ask(stays, COMMANDS.flush, 0n, 0)).toBe(ERRORS.none);
  });

  it('a client that asks and does not listen cannot hold up its end', async () => {
    const grant = await granted();
    const wire = await transmitting(grant);
    wire.socket.removeAllListeners('data').pause();
    for (let count = 0; count < 64; count++) await wire.write(request(COMMANDS.read, 0n, SIZE));

    await server.list.revoke(grant.identity);
  });

  it('what a revoked client had under way is over when revoke returns', async () => {
    const grant = await granted();
    const wire = await transmitting(grant);
    const gone = closed(wire.socket);
    for (let count = 0; count < 40; count++)
      wire.write(request(COMMANDS.write, 0n, 65_536), Buffer.alloc(65_536, count)).catch(() => undefined);

    await server.list.revoke(grant.identity);

    await gone;
    const reader = await transmitting(await granted());
    const before = await readAll(reader);
    expect((await readAll(reader)).equals(before)).toBe(true);
  });
});

async function granted(facts: Partial<Grant> = {}): Promise<Grant> {
  const identity = randomBytes(6).toString('hex');
  const names = { identity, exportName: `export-${identity}`, attachmentId: identity };
  const grant = { ...names, key: randomBytes(32), file, size: SIZE, readOnly: false, volumeId: 'v', ...facts };
  await server.list.allow(grant);
  return grant;
}

function tcp(to = port): Socket {
  const socket = connectTcp(to, '127.0.0.1');
  sockets.push(socket.on('error', () => undefined));
  return socket;
}

/** Somebody between client and server who can put in bytes of his own. */
async function relay() {
  const upstreams: Socket[] = [];
  const between = createServer((downstream) => {
    const upstream = tcp();
    upstreams.push(upstream);
    downstream.on('error', () => undefined);
    downstream.pipe(upstream).pipe(downstream);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  return {
    port: (between.address() as AddressInfo).port,
    upstream: () => upstreams[0] as Socket, // the one client has come
    close: () => between.close(),
  };
}

async function greeted(flags = 3, to = port): Promise<Wire> {
  const wire = new Wire(tcp(to));
  await wire.read(18);
  await wire.write(Buffer.from([0, 0, 0, flags]));
  return wire;
}

async function tlsOf(
  { identity, key }: Grant,
  { session, flags, to }: { session?: Buffer; flags?: number; to?: number } = {},
): Promise<TLSSocket> {
  const wire = await greeted(flags, to);
  await wire.write(option(OPTIONS.startTls));
  expect(await replyType(wire)).toBe(OPTION_REPLIES.ack);
  const socket = connectTls({
    socket: wire.release(),
    session,
    minVersion: 'TLSv1.3',
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ identity, psk: key }),
  });
  sockets.push(socket);
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject).once('close', reject));
  return socket;
}

async function secured(grant: Grant, to = port, flags = 3): Promise<Wire> {
  return new Wire(await tlsOf(grant, { to, flags }));
}

async function chosen(wire: Wire, grant: Grant): Promise<void> {
  await wire.write(option(OPTIONS.go, go(grant.exportName)));
  expect(await replyType(wire)).toBe(OPTION_REPLIES.info);
  expect(await replyType(wire)).toBe(OPTION_REPLIES.ack);
}

async function transmitting(grant: Grant, to = port): Promise<Wire> {
  const wire = await secured(grant, to);
  await chosen(wire, grant);
  return wire;
}

async function ask(wire: Wire, command: number, offset: bigint, length: number): Promise<number> {
  await wire.write(request(command, offset, length), Buffer.alloc(command === COMMANDS.write ? length : 0));
  return (await wire.read(16)).readUInt32BE(4);
}

async function readAll(wire: Wire): Promise<Buffer> {
  expect(await ask(wire, COMMANDS.read, 0n, SIZE)).toBe(ERRORS.none);
  return wire.read(SIZE);
}

function option(code: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigUInt64BE(OPTION_MAGIC, 0);
  head.writeUInt32BE(code, 8);
  head.writeUInt32BE(data.length, 12);
  return Buffer.concat([head, data]);
}

function go(name: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, Buffer.from(name), Buffer.alloc(2)]);
}

function request(command: number, offset: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(REQUEST_MAGIC, 0);
  bytes.writeUInt16BE(command, 6);
  bytes.writeBigUInt64BE(offset, 16);
  bytes.writeUInt32BE(length, 24);
  return bytes;
}

async function reply(wire: Wire): Promise<{ type: number; data: Buffer }> {
  const head = await wire.read(20);
  return { type: head.readUInt32BE(12), data: await wire.read(head.readUInt32BE(16)) };
}
const replyType = async (wire: Wire): Promise<number> => (await reply(wire)).type;
const replyData = async (wire: Wire): Promise<Buffer> => (await reply(wire)).data;

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once('close', () => resolve()).resume();
  });
