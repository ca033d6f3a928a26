/**
 * The words of NBD as its specification has them (NetworkBlockDevice/nbd, doc/proto.md), as far as this server speaks them:
 * fixed newstyle negotiation, STARTTLS, simple replies.
 */
export const NBD_MAGIC = 0x4e42444d41474943n; // "NBDMAGIC"
export const OPTION_MAGIC = 0x49484156454f5054n; // "IHAVEOPT"
export const OPTION_REPLY_MAGIC = 0x3e889045565a9n;
export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;

export const HANDSHAKE_FLAGS = { fixedNewstyle: 1, noZeroes: 2 } as const;
export const OPTIONS = { exportName: 1, abort: 2, list: 3, startTls: 5, info: 6, go: 7 } as const;
export const OPTION_REPLIES = {
  ack: 1,
  server: 2,
  info: 3,
  errUnsupported: 0x80000001,
  errInvalid: 0x80000003,
  errTlsRequired: 0x80000005,
  errUnknown: 0x80000006,
  errTooBig: 0x80000009,
} as const;
export const INFO = { export: 0, blockSize: 3 } as const;

export const EXPORT_FLAGS = { has: 1, readOnly: 2, flush: 4, fua: 8, trim: 32, writeZeroes: 64, multiConnection: 256 } as const;
export const COMMANDS = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, writeZeroes: 6 } as const;
export const COMMAND_FUA = 1;
export const ERRORS = { none: 0, notPermitted: 1, io: 5, invalid: 22, noSpace: 28 } as const;
export const REQUEST_LENGTH = 28;

/** Longer names, and so longer options, no client has a reason to send. */
export const MAX_OPTION = 8 * 1024;
/** What a client may assume when no block size was agreed on. */
export const MAX_PAYLOAD = 32 * 1024 * 1024;

export interface Option {
  code: number;
  data: Buffer;
}
export interface Request {
  flags: number;
  command: number;
  cookie: Buffer;
  offset: bigint;
  length: number;
}

export function greeting(): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeBigUInt64BE(NBD_MAGIC, 0);
  bytes.writeBigUInt64BE(OPTION_MAGIC, 8);
  bytes.writeUInt16BE(HANDSHAKE_FLAGS.fixedNewstyle | HANDSHAKE_FLAGS.noZeroes, 16);
  return bytes;
}

export function optionReply(option: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(20);
  head.writeBigUInt64BE(OPTION_REPLY_MAGIC, 0);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data.length, 16);
  return Buffer.concat([head, data]);
}

export function exportFlags(readOnly: boolean): number {
  const { has, readOnly: ro, flush, fua, trim, writeZeroes, multiConnection } = EXPORT_FLAGS;
  return readOnly ? has | ro | flush | multiConnection : has | flush | fua | trim | writeZeroes | multiConnection;
}

export function exportInfo(size: number, readOnly: boolean): Buffer {
  const data = Buffer.alloc(12);
  data.writeUInt16BE(INFO.export, 0);
  data.writeBigUInt64BE(BigInt(size), 2);
  data.writeUInt16BE(exportFlags(readOnly), 10);
  return data;
}

export function blockSizeInfo(): Buffer {
  const data = Buffer.alloc(14);
  data.writeUInt16BE(INFO.blockSize, 0);
  data.writeUInt32BE(1, 2);
  data.writeUInt32BE(4096, 6);
  data.writeUInt32BE(MAX_PAYLOAD, 10);
  return data;
}

/** The answer to NBD_OPT_EXPORT_NAME, which has no head; 124 zeroes follow for a client that did not decline them. */
export function exportNameReply(size: number, readOnly: boolean, zeroes: boolean): Buffer {
  return Buffer.concat([exportInfo(size, readOnly).subarray(2), Buffer.alloc(zeroes ? 124 : 0)]);
}

/** The name and the informations that NBD_OPT_INFO and NBD_OPT_GO ask for; null when the lengths do not add up. */
export function readGo(data: Buffer): { name: string; wanted: number[] } | null {
  if (data.length < 6) return null;
  const length = data.readUInt32BE(0);
  if (length > data.length - 6) return null;
  const count = data.readUInt16BE(4 + length);
  if (data.length !== 6 + length + 2 * count) return null;
  const wanted = Array.from({ length: count }, (_, index) => data.readUInt16BE(6 + length + 2 * index));
  return { name: data.toString('utf8', 4, 4 + length), wanted };
}

/** Null when it is no request. */
export function readRequest(bytes: Buffer): Request | null {
  if (bytes.readUInt32BE(0) !== REQUEST_MAGIC) return null;
  return {
    flags: bytes.readUInt16BE(4),
    command: bytes.readUInt16BE(6),
    cookie: bytes.subarray(8, 16),
    offset: bytes.readBigUInt64BE(16),
    length: bytes.readUInt32BE(24),
  };
}

export function simpleReply(cookie: Buffer, error: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(SIMPLE_REPLY_MAGIC, 0);
  bytes.writeUInt32BE(error, 4);
  cookie.copy(bytes, 8);
  return bytes;
}
