import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { StartError } from '@app/domain';

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Where a sealed text lives. It opens nowhere else: table, column and row are part of what is sealed. */
export type Place = `${string}.${string}:${string}`;
/** Every column that holds sealed texts: all of them come under a new key. */
export const SEALED_COLUMNS = [
  'attachments.connector',
  'attachments.connection_info',
  'operations.intent',
  'operations.result',
  'sealing_checks.sealed',
] as const;
export type SealedColumn = (typeof SEALED_COLUMNS)[number];
export const place = (column: SealedColumn, rowId: string): Place => `${column}:${rowId}`;

/** A ring of keys: the first seals, all of them open. A sealed text is `v1.<key id>.<iv>.<ciphertext and tag>`. */
export class KeyRing {
  private readonly keys: Map<string, Buffer>;
  private readonly sealing: { id: string; key: Buffer };

  constructor(keys: readonly Buffer[]) {
    const [first] = keys;
    if (!first) throw new StartError('The key ring is empty: it takes at least one key of 32 bytes.');
    this.keys = new Map(keys.map((key) => [keyId(key), key]));
    this.sealing = { id: keyId(first), key: first };
  }

  /** @throws StartError naming the file and what is wrong with it. */
  static fromFile(path: string): KeyRing {
    return new KeyRing(readKeys(path));
  }

  /** The id of the key that seals. An id says nothing of its key. */
  get sealingKey(): string {
    return this.sealing.id;
  }

  /** The ids of all keys, in the order of the ring. */
  get ids(): string[] {
    return [...this.keys.keys()];
  }

  seal(value: unknown, at: Place): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.sealing.key, iv).setAAD(Buffer.from(at));
    const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, this.sealing.id, iv.toString('base64'), text.toString('base64')].join('.');
  }

  /** @throws Error when the text was moved, changed, or sealed with a key that is not in the ring. */
  open(sealed: string, at: Place): unknown {
    const [version, id = '', iv = '', text = ''] = sealed.split('.');
    const key = this.keys.get(id);
    if (version !== VERSION || !key) throw new Error(`${at} is sealed with key ${id}, which is not in the ring`);
    const bytes = Buffer.from(text, 'base64');
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'base64'), { authTagLength: TAG_BYTES }).setAAD(Buffer.from(at));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8'));
  }
}

/** What is wrong with a key file, in a sentence; null: nothing. */
export function keyFileFault(path: string): string | null {
  try {
    readKeys(path);
    return null;
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
}

const keyId = (key: Buffer) => createHash('sha256').update(key).digest('hex').slice(0, 8);

function readKeys(path: string): Buffer[] {
  let text: string;
  try {
    const mode = statSync(path).mode & 0o777;
    if (mode & 0o077)
      throw new StartError(`SECRETS_KEY_FILE: ${path} has mode ${mode.toString(8)}; only its owner may read it (0600 or stricter).`);
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    throw new StartError(`SECRETS_KEY_FILE: ${path} cannot be read (${cause instanceof Error ? cause.message : String(cause)}).`, {
      cause,
    });
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new StartError(`SECRETS_KEY_FILE: ${path} is empty; each line is a key of 32 bytes in base64.`);
  return lines.map((line, i) => parseKey(line.trim(), `line ${i + 1} of ${path}`));
}

function parseKey(line: string, where: string): Buffer {
  const key = Buffer.from(line, 'base64');
  if (key.length !== 32 || key.toString('base64') !== line) {
    throw new StartError(
      `SECRETS_KEY_FILE: ${where} is not a key; it takes 32 bytes in base64 (for example from: openssl rand -base64 32).`,
    );
  }
  return key;
}
