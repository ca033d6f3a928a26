// The smallest NBD client that can show a volume's bytes, for `npm run demo` alone: one request at a time, TLS with a pre-shared key,
// no reconnects. It is there because a machine with only Node has no other; hosts use qemu, libnbd or their kernel.
import net from 'node:net';
import tls from 'node:tls';

const OPTION_MAGIC = 0x49484156454f5054n; // "IHAVEOPT"
const OPTION_REPLY_MAGIC = 0x3e889045565a9n;
const REQUEST_MAGIC = 0x25609513;
const REPLY_MAGIC = 0x67446698;
const OPTION = { startTls: 5, go: 7 };
const REPLY = { ack: 1, info: 3 };
const COMMAND = { read: 0, write: 1, disconnect: 2 };
const FORCE_UNIT_ACCESS = 1;
const MAX_LENGTH = 32 * 1024 * 1024;
const REFUSALS = { 0x80000005: 'TLS is required', 0x80000006: 'it has no such export for this identity' };
const ERRORS = { 1: 'not permitted', 5: 'input/output error', 22: 'invalid request', 28: 'no space left' };

/**
 * Connects by nothing but a connection_info (`host, port, export, auth_username, auth_password`).
 * Resolves to `{ size, readOnly, read(offset, length), write(offset, buffer), close() }`; a write has reached the disk when it resolves.
 * Rejects with a sentence when the server refuses.
 */
export async function connect(info) {
  const channel = new Channel(net.connect({ host: info.host, port: info.port, noDelay: true }));
  try {
    await greet(channel);
    await startTls(channel, info);
    const chosen = await go(channel, info.export);
    return new Disk(channel, chosen);
  } catch (error) {
    channel.destroy();
    throw error;
  }
}

class Disk {
  #channel;
  #last = Promise.resolve();
  #cookie = 0n;

  constructor(channel, { size, flags }) {
    this.#channel = channel;
    this.size = size;
    this.readOnly = (flags & 2) !== 0;
  }

  read(offset, length) {
    if (length > MAX_LENGTH) throw new RangeError(`one read takes ${MAX_LENGTH} bytes at most`);
    return this.#inTurn(COMMAND.read, 0, offset, length);
  }

  write(offset, buffer) {
    if (buffer.length > MAX_LENGTH) throw new RangeError(`one write takes ${MAX_LENGTH} bytes at most`);
    return this.#inTurn(COMMAND.write, FORCE_UNIT_ACCESS, offset, buffer.length, buffer).then(() => undefined);
  }

  async close() {
    await this.#last.catch(() => undefined);
    this.#channel.end(request(COMMAND.disconnect, 0, 0n, 0, 0));
    await this.#channel.closed;
  }

  #inTurn(...asked) {
    const turn = this.#last.catch(() => undefined).then(() => this.#ask(...asked));
    this.#last = turn;
    return turn;
  }

  async #ask(command, flags, offset, length, payload = Buffer.alloc(0)) {
    const cookie = ++this.#cookie;
    this.#channel.send(Buffer.concat([request(command, flags, cookie, offset, length), payload]));
    const head = await this.#channel.receive(16);
    if (head.readUInt32BE(0) !== REPLY_MAGIC || head.readBigUInt64BE(8) !== cookie) throw new Error('the NBD server answered out of turn');
    const error = head.readUInt32BE(4);
    if (error !== 0) throw new Error(`the NBD server refused: ${ERRORS[error] ?? `error ${error}`}`);
    return command === COMMAND.read ? this.#channel.receive(length) : undefined;
  }
}

async function greet(channel) {
  const greeting = await channel.receive(18);
  if (greeting.toString('latin1', 0, 8) !== 'NBDMAGIC') throw new Error('this is no NBD server');
  const flags = Buffer.alloc(4);
  flags.writeUInt32BE(greeting.readUInt16BE(16) & 3);
  channel.send(flags);
}

async function startTls(channel, info) {
  channel.send(option(OPTION.startTls));
  const { type } = await optionReply(channel);
  if (type !== REPLY.ack) throw new Error('the NBD server offers no TLS');
  await channel.secure({
    minVersion: 'TLSv1.3',
    pskCallback: () => ({ identity: info.auth_username, psk: Buffer.from(info.auth_password, 'hex') }),
    checkServerIdentity: () => undefined, // the key that both sides hold is the proof; there is no certificate
  });
}

async function go(channel, name) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(name));
  channel.send(option(OPTION.go, Buffer.concat([length, Buffer.from(name), Buffer.alloc(2)])));
  const chosen = {};
  for (;;) {
    const { type, data } = await optionReply(channel);
    if (type === REPLY.ack) return chosen;
    if (type !== REPLY.info) throw new Error(`the NBD server refused: ${REFUSALS[type] ?? `reply ${type}`}`);
    if (data.readUInt16BE(0) === 0) Object.assign(chosen, { size: Number(data.readBigUInt64BE(2)), flags: data.readUInt16BE(10) });
  }
}

function option(code, data = Buffer.alloc(0)) {
  const head = Buffer.alloc(16);
  head.writeBigUInt64BE(OPTION_MAGIC);
  head.writeUInt32BE(code, 8);
  head.writeUInt32BE(data.length, 12);
  return Buffer.concat([head, data]);
}

async function optionReply(channel) {
  const head = await channel.receive(20);
  if (head.readBigUInt64BE(0) !== OPTION_REPLY_MAGIC) throw new Error('the NBD server speaks something else');
  return { type: head.readUInt32BE(12), data: await channel.receive(head.readUInt32BE(16)) };
}

function request(command, flags, cookie, offset, length) {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(REQUEST_MAGIC);
  bytes.writeUInt16BE(flags, 4);
  bytes.writeUInt16BE(command, 6);
  bytes.writeBigUInt64BE(cookie, 8);
  bytes.writeBigUInt64BE(BigInt(offset), 16);
  bytes.writeUInt32BE(length, 24);
  return bytes;
}

/** A socket read by exact lengths. */
class Channel {
  #socket;
  #held = Buffer.alloc(0);
  #wanted = null;
  #end = null;

  constructor(socket) {
    this.#use(socket);
  }

  send(bytes) {
    this.#socket.write(bytes);
  }

  end(bytes) {
    this.#socket.end(bytes);
    this.#socket.resume();
  }

  destroy() {
    this.#socket.destroy();
  }

  receive(length) {
    return new Promise((resolve, reject) => {
      this.#wanted = { length, resolve, reject };
      this.#serve();
    });
  }

  secure(options) {
    const raw = this.#socket;
    for (const event of ['data', 'close', 'error']) raw.removeAllListeners(event);
    const secured = tls.connect({ ...options, socket: raw });
    return new Promise((resolve, reject) => {
      secured.once('error', (cause) => reject(new Error(`the NBD server refused this identity and key (${cause.message})`, { cause })));
      secured.once('secureConnect', () => resolve(this.#use(secured)));
    });
  }

  #use(socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (chunk) => {
      this.#held = Buffer.concat([this.#held, chunk]);
      this.#serve();
    });
    socket.on('error', (error) => this.#over(error));
    socket.on('close', () => this.#over(new Error('the NBD server closed the connection')));
  }

  #over(error) {
    this.#end ??= error;
    this.#serve();
  }

  #serve() {
    const wanted = this.#wanted;
    if (!wanted) return;
    if (this.#held.length >= wanted.length) {
      this.#wanted = null;
      const bytes = this.#held.subarray(0, wanted.length);
      this.#held = this.#held.subarray(wanted.length);
      wanted.resolve(bytes);
    } else if (this.#end) {
      this.#wanted = null;
      wanted.reject(this.#end);
    }
  }
}
