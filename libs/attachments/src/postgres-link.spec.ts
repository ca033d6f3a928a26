import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LinkConfig, linkFault, postgresLink } from './postgres-link.js';

const config = (url: string, more: Partial<LinkConfig> = {}): LinkConfig => ({ DATABASE_URL: url, DATABASE_ALLOW_PLAIN: 'no', ...more });
const FAR = 'postgres://app@db.example.org/mooring';

it.each([
  'postgres://app@127.0.0.1:5432/x',
  'postgres://app@localhost/x',
  'postgres://app@[::1]/x',
  'postgres://app@%2Fvar%2Frun%2Fpostgresql/x',
  'postgres://app@localhost/x?host=/var/run/postgresql',
  'postgres://app@127.0.0.1/x?sslmode=disable',
  `${FAR}?sslmode=verify-full`,
  `${FAR}?sslmode=require`,
])('takes %s as it is', (url) => expect(linkFault(config(url))).toBeNull());

it.each([
  ['leaves this machine plainly', config(FAR), 'leaves this machine without TLS'],
  ['does so in capitals', config('POSTGRES://app@db.example.org/mooring'), 'leaves this machine without TLS'],
  ['does so by its query alone', config('postgres://app@127.0.0.1/x?host=db.example.org'), 'leaves this machine without TLS'],
  ['says so itself', config(`${FAR}?sslmode=disable`), 'leaves this machine without TLS'],
  ['would be plain where the server wishes it', config(`${FAR}?sslmode=prefer`), 'has sslmode=prefer, but must have require,'],
  ['would believe anybody', config(`${FAR}?sslmode=no-verify`), 'has sslmode=no-verify'],
  ['names files by itself', config(`${FAR}?sslmode=verify-full&sslrootcert=/x`), 'has sslrootcert, which is not read here'],
  ['contradicts the CA', config(`${FAR}?sslmode=disable`, { DATABASE_CA_FILE: '/ca' }), 'DATABASE_CA_FILE is set, but'],
  ['has half a certificate', config(`${FAR}?sslmode=require`, { DATABASE_CERT_FILE: '/c' }), 'go together'],
])('refuses one that %s, in a sentence', (_, given, said) => expect(linkFault(given)).toContain(said));

it('lets it be plain by explicit choice', () => expect(linkFault(config(FAR, { DATABASE_ALLOW_PLAIN: 'yes' }))).toBeNull());

it('is plain without a mode and a CA, and checks in full with any mode but disable', () => {
  expect(postgresLink(config('postgres://app@localhost/x'))).toEqual({ url: 'postgres://app@localhost/x', ssl: false });
  expect(postgresLink(config(`${FAR}?sslmode=require&application_name=a`))).toEqual({
    url: `${FAR}?application_name=a`,
    ssl: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'link-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('takes the password from its file', () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'p@ss/word\n');

    expect(postgresLink(config('postgres://app@localhost/x', { DATABASE_PASSWORD_FILE: file })).url).toBe(
      'postgres://app:p%40ss%2Fword@localhost/x',
    );
  });

  it('says in a sentence which file cannot be read, or is none, and quotes nothing of it', () => {
    const file = join(folder, 'ca.pem');
    writeFileSync(file, 'hunter2');

    expect(() => postgresLink(config(FAR, { DATABASE_CA_FILE: '/nowhere' }))).toThrow(
      'DATABASE_CA_FILE: /nowhere cannot be read (ENOENT).',
    );
    expect(() => postgresLink(config(FAR, { DATABASE_CA_FILE: file }))).toThrow(
      `DATABASE_CA_FILE: ${file} holds nothing that can be read as PEM.`,
    );
  });
});
