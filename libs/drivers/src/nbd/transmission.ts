import type { FileHandle } from 'node:fs/promises';
import type { Access } from './access-list.js';
import { COMMAND_FUA, COMMANDS, ERRORS, MAX_PAYLOAD, readRequest, REQUEST_LENGTH, simpleReply, type Request } from './protocol.js';
import { ClientGone, type Wire } from './wire.js';

const MAX_IN_FLIGHT = 16;
const MAX_BYTES_IN_FLIGHT = 2 * MAX_PAYLOAD;
const ZEROES = Buffer.alloc(1024 * 1024);
const NOTHING = Buffer.alloc(0);

/** A request that is answered with an error of the protocol. */
class Refused extends Error {
  constructor(readonly code: number) {
    super(`NBD error ${code}`);
  }
}

/** One client's reads and writes, several at a time, until it leaves or is cut. */
export class Transmission {
  private readonly inFlight = new Set<Promise<void>>();
  private bytesInFlight = 0;

  constructor(
    private readonly wire: Wire,
    private readonly access: Access,
    private readonly file: FileHandle,
  ) {}

  /** Returns or throws only when no request is under way any more. @throws ClientGone */
  async run(): Promise<void> {
    try {
      for (;;) {
        const request = readRequest(await this.wire.read(REQUEST_LENGTH));
        if (!request) throw new ClientGone('it speaks something else');
        if (request.command === COMMANDS.disconnect) return;
        await this.begin(request);
      }
    } finally {
      await Promise.all(this.inFlight);
    }
  }

  private async begin(request: Request): Promise<void> {
    if (request.command === COMMANDS.write && request.length > MAX_PAYLOAD) throw new ClientGone('its request is too long');
    const bytes = request.command === COMMANDS.read || request.command === COMMANDS.write ? Math.min(request.length, MAX_PAYLOAD) : 0;
    while (this.inFlight.size >= MAX_IN_FLIGHT || (this.inFlight.size > 0 && this.bytesInFlight + bytes > MAX_BYTES_IN_FLIGHT))
      await Promise.race(this.inFlight);
    const payload = request.command === COMMANDS.write ? await this.wire.read(request.length) : NOTHING;
    this.bytesInFlight += bytes;
    const work = this.answer(request, payload).finally(() => {
      this.bytesInFlight -= bytes;
      this.inFlight.delete(work);
    });
    this.inFlight.add(work);
  }

  /** Never rejects: an answer that cannot be delivered ends the session by its own read. */
  private async answer(request: Request, payload: Buffer): Promise<void> {
    let data: Buffer = NOTHING;
    let error: number = ERRORS.none;
    try {
      if (this.access.revoked) return;
      data = await this.carryOut(request, payload);
    } catch (cause) {
      error = codeOf(cause);
    }
    await this.wire.write(simpleReply(request.cookie, error), data).catch(() => undefined);
  }

  private async carryOut(request: Request, payload: Buffer): Promise<Buffer> {
    this.check(request);
    const { command, length } = request;
    const offset = Number(request.offset);
    if (command === COMMANDS.read) return this.read(offset, length);
    if (command === COMMANDS.write) await writeAll(this.file, payload, offset);
    if (command === COMMANDS.writeZeroes) await this.writeZeroes(offset, length);
    // TRIM is a hint: Node cannot punch a hole, so the bytes stay as they are.
    if (command === COMMANDS.flush || request.flags & COMMAND_FUA) await this.file.datasync();
    return NOTHING;
  }

  private check({ command, offset, length }: Request): void {
    const { read, write, flush, trim, writeZeroes } = COMMANDS;
    const writes = command === write || command === trim || command === writeZeroes;
    if (!writes && command !== read && command !== flush) throw new Refused(ERRORS.invalid);
    if (writes && this.access.grant.readOnly) throw new Refused(ERRORS.notPermitted);
    const beyond = command !== flush && offset + BigInt(length) > BigInt(this.access.grant.size);
    if (beyond) throw new Refused(command === read || command === trim ? ERRORS.invalid : ERRORS.noSpace);
    if (command === read && length > MAX_PAYLOAD) throw new Refused(ERRORS.invalid);
  }

  /** What the file does not hold reads as zeroes. */
  private async read(offset: number, length: number): Promise<Buffer> {
    const data = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.file.read(data, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return data;
  }

  /** Looks before it writes, so that holes stay holes; stops when the access is revoked meanwhile. */
  private async writeZeroes(offset: number, length: number): Promise<void> {
    for (let done = 0; done < length && !this.access.revoked; done += ZEROES.length) {
      const zeroes = ZEROES.subarray(0, Math.min(ZEROES.length, length - done));
      if (!(await this.read(offset + done, zeroes.length)).equals(zeroes)) await writeAll(this.file, zeroes, offset + done);
    }
  }
}

async function writeAll(file: FileHandle, data: Buffer, offset: number): Promise<void> {
  let done = 0;
  while (done < data.length) done += (await file.write(data, done, data.length - done, offset + done)).bytesWritten;
}

function codeOf(cause: unknown): number {
  if (cause instanceof Refused) return cause.code;
  return (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? ERRORS.noSpace : ERRORS.io;
}
