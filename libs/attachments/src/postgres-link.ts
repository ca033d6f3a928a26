import { isThisMachine, StartError } from '@app/domain';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';

/** Where the database is, by whom, and with what cover: what the configuration says, made fit for `pg`. */
export interface PostgresLink {
  url: string;
  /** False: nothing is covered. */
  ssl: false | { ca?: Buffer; cert?: Buffer; key?: Buffer; rejectUnauthorized: true; minVersion: 'TLSv1.2' };
}

/** What DatabaseConfig says of it. */
export interface LinkConfig {
  DATABASE_URL: string;
  DATABASE_PASSWORD_FILE?: string;
  DATABASE_CA_FILE?: string;
  DATABASE_CERT_FILE?: string;
  DATABASE_KEY_FILE?: string;
  DATABASE_ALLOW_PLAIN?: string;
}

const COVERED = ['require', 'verify-ca', 'verify-full'];
/** What `pg` would read files by, or weaken the check with, on its own. */
const NOT_HERE = ['ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation', 'uselibpqcompat'];

/** Why DATABASE_URL cannot be used as it is, beside the other variables; null: it can. */
export function linkFault({ DATABASE_URL, DATABASE_CA_FILE, DATABASE_ALLOW_PLAIN, ...files }: LinkConfig): string | null {
  const { searchParams } = new URL(DATABASE_URL);
  const named = NOT_HERE.find((parameter) => searchParams.has(parameter));
  if (named) return `DATABASE_URL has ${named}, which is not read here: sslmode and DATABASE_CA_FILE say it.`;
  const mode = searchParams.get('sslmode');
  if (mode !== null && mode !== 'disable' && !COVERED.includes(mode))
    return `DATABASE_URL has sslmode=${mode}, but must have ${COVERED.join(', ')} (each checks the server's certificate and name) or disable.`;
  if ((files.DATABASE_CERT_FILE === undefined) !== (files.DATABASE_KEY_FILE === undefined))
    return 'DATABASE_CERT_FILE and DATABASE_KEY_FILE go together: a certificate is worth nothing without its key.';
  if (isCovered({ DATABASE_URL, DATABASE_CA_FILE })) return null;
  if (DATABASE_CA_FILE !== undefined) return 'DATABASE_CA_FILE is set, but DATABASE_URL has sslmode=disable.';
  return DATABASE_ALLOW_PLAIN === 'yes' || isThisMachine(hostOf(DATABASE_URL))
    ? null
    : 'DATABASE_URL leaves this machine without TLS: add sslmode=verify-full, or DATABASE_CA_FILE for a CA of your own, or DATABASE_ALLOW_PLAIN=yes where the network is trusted.';
}

/** @throws StartError for a file that cannot be read or is not what it should be. */
export function postgresLink(config: LinkConfig): PostgresLink {
  const { DATABASE_CA_FILE: ca, DATABASE_CERT_FILE: cert, DATABASE_KEY_FILE: key, DATABASE_PASSWORD_FILE: password } = config;
  const url = new URL(config.DATABASE_URL);
  url.searchParams.delete('sslmode'); // `pg` would make its own of it
  if (password !== undefined) url.password = encodeURIComponent(read('DATABASE_PASSWORD_FILE', password).toString('utf8').trimEnd());
  if (!isCovered(config)) return { url: url.href, ssl: false };
  return {
    url: url.href,
    ssl: {
      ...(ca !== undefined && { ca: pem('DATABASE_CA_FILE', ca, (text) => new X509Certificate(text)) }),
      ...(cert !== undefined && { cert: pem('DATABASE_CERT_FILE', cert, (text) => new X509Certificate(text)) }),
      ...(key !== undefined && { key: pem('DATABASE_KEY_FILE', key, createPrivateKey) }),
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    },
  };
}

/** A CA that is named is to be used; without one, and without a mode, it is plain, as it is with `pg`. */
function isCovered({ DATABASE_URL, DATABASE_CA_FILE }: LinkConfig): boolean {
  const mode = new URL(DATABASE_URL).searchParams.get('sslmode');
  return mode === null ? DATABASE_CA_FILE !== undefined : COVERED.includes(mode);
}

/** As `pg` understands it: a URL may name the host in its query, or leave it to PGHOST. */
function hostOf(url: string): string {
  const plain = new URL(url);
  plain.searchParams.delete('sslmode');
  return new pg.Client({ connectionString: plain.href }).host;
}

function pem(variable: string, path: string, parse: (text: Buffer) => unknown): Buffer {
  const text = read(variable, path);
  try {
    parse(text);
  } catch {
    throw new StartError(`${variable}: ${path} holds nothing that can be read as PEM.`); // without its cause, which may quote the file
  }
  return text;
}

function read(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new StartError(`${variable}: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, { cause });
  }
}
