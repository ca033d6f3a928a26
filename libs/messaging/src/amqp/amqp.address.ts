import { leavesPlainly, StartError } from '@app/domain';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unescape } from 'node:querystring';

/** Who a client of AMQP is when nobody says so. */
const GUEST = { username: 'guest', password: 'guest' };

/** Where the broker is, by whom, and with what cover. */
export interface AmqpAddress {
  url: string;
  /** What TLS is to use beside the system's CAs; not looked at for a plain URL. */
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer; rejectUnauthorized: true; minVersion: 'TLSv1.2' };
  /** Where its management API is, without a user, and whom it knows by this header. */
  management?: { url: string; authorization: string };
}

/** What AmqpConfig says of it. */
interface AddressConfig {
  AMQP_URL: string;
  AMQP_PASSWORD_FILE?: string;
  AMQP_CA_FILE?: string;
  AMQP_CERT_FILE?: string;
  AMQP_KEY_FILE?: string;
  AMQP_ALLOW_PLAIN?: string;
  AMQP_MANAGEMENT_URL?: string;
}

/** Why AMQP_URL cannot be used as it is, beside the other variables; null: it can. */
export function addressFault(config: AddressConfig): string | null {
  const { protocol } = new URL(config.AMQP_URL);
  const files = (['AMQP_CA_FILE', 'AMQP_CERT_FILE', 'AMQP_KEY_FILE'] as const).filter((file) => config[file] !== undefined);
  if ((config.AMQP_CERT_FILE === undefined) !== (config.AMQP_KEY_FILE === undefined))
    return 'AMQP_CERT_FILE and AMQP_KEY_FILE go together: a certificate is worth nothing without its key.';
  if (protocol === 'amqps:') return null;
  if (files.length > 0) return `${files.join(', ')} set, but AMQP_URL is not an amqps:// URL.`;
  return config.AMQP_ALLOW_PLAIN === 'yes' || !leavesPlainly(config.AMQP_URL)
    ? null
    : 'AMQP_URL leaves this machine without TLS: make it amqps://, with AMQP_CA_FILE for a CA of your own, or set AMQP_ALLOW_PLAIN=yes where the network is trusted.';
}

/** Why AMQP_MANAGEMENT_URL cannot be used as it is; null: it can. */
export function managementFault({ AMQP_MANAGEMENT_URL: given = '', AMQP_ALLOW_PLAIN }: AddressConfig): string | null {
  return AMQP_ALLOW_PLAIN === 'yes' || !leavesPlainly(given)
    ? null
    : 'AMQP_MANAGEMENT_URL leaves this machine without TLS, with a password: make it https://, or set AMQP_ALLOW_PLAIN=yes where the network is trusted.';
}

/** @throws StartError for a file that cannot be read or is not what it should be. */
export function amqpAddress(config: AddressConfig): AmqpAddress {
  const { AMQP_CA_FILE: ca, AMQP_CERT_FILE: cert, AMQP_KEY_FILE: key, AMQP_PASSWORD_FILE: password } = config;
  const url = new URL(config.AMQP_URL);
  if (password !== undefined) url.password = encodeURIComponent(read('AMQP_PASSWORD_FILE', password).toString('utf8').trimEnd());
  return {
    url: url.href,
    ...(config.AMQP_MANAGEMENT_URL !== undefined && { management: managementAt(config.AMQP_MANAGEMENT_URL, url) }),
    tls: {
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(ca !== undefined && { ca: pem('AMQP_CA_FILE', ca, (text) => new X509Certificate(text)) }),
      ...(cert !== undefined && { cert: pem('AMQP_CERT_FILE', cert, (text) => new X509Certificate(text)) }),
      ...(key !== undefined && { key: pem('AMQP_KEY_FILE', key, createPrivateKey) }),
    },
  };
}

/** Without anything else of the URL: a browser's has more. */
function managementAt(given: string, amqp: URL): AmqpAddress['management'] {
  const { origin, pathname, username, password } = new URL(given);
  const named = [{ username, password }, amqp, GUEST].find((user) => user.username !== '') ?? GUEST;
  const credentials = `${unescape(named.username)}:${unescape(named.password)}`;
  return { url: `${origin}${pathname.replace(/\/+$/, '')}`, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
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
