import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  cert: string;
  key: string;
}

/** A CA of the test's own, with what it signs; made by the openssl program, since Node makes none. */
export class Certificates {
  readonly ca: string;
  private readonly caKey: string;

  constructor(
    private readonly folder: string,
    name = 'ca',
  ) {
    mkdirSync(folder, { recursive: true });
    this.ca = join(folder, `${name}.pem`);
    this.caKey = join(folder, `${name}.key`);
    openssl(['req', '-x509', ...NEW_KEY, '-keyout', this.caKey, '-out', this.ca, '-days', '2', '-subj', `/CN=${name} of a test`]);
  }

  /** For a server of these names (`DNS:localhost`, `IP:127.0.0.1`), or for a client of that name. */
  signed(name: string, alternatives: string[]): Certificate {
    const [cert, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((ending) => join(this.folder, `${name}.${ending}`)) as [string, string, string, string]; // prettier-ignore
    openssl(['req', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`]);
    writeFileSync(extensions, alternatives.length > 0 ? `subjectAltName=${alternatives.join(',')}\n` : '');
    openssl(['x509', '-req', '-in', request, '-CA', this.ca, '-CAkey', this.caKey, '-CAcreateserial', '-out', cert, '-days', '2', '-extfile', extensions]); // prettier-ignore
    return { cert, key };
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
