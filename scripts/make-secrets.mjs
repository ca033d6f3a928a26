// node scripts/make-secrets.mjs [folder]   makes what docker-compose.yml reads as secrets, in .secrets unless said otherwise; what is there stays.
// The folder is its owner's alone. In it the keys are too, while the passwords are also read by the servers, each in its container by a user of its own.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.secrets'] = process.argv.slice(2);

mkdirSync(folder, { recursive: true });
chmodSync(folder, 0o700);
make('sealing-keys', 0o600, () => randomBytes(32).toString('base64'));
make('database-password', 0o644, password);
make('broker-password', 0o644, password);
const broker = readFileSync(join(folder, 'broker-password'), 'utf8').trim();
make('rabbitmq.conf', 0o644, () => `default_user = mooring\ndefault_pass = ${broker}`);

function make(name, mode, content) {
  const path = join(folder, name);
  if (existsSync(path)) return void process.stdout.write(`kept ${path}\n`);
  writeFileSync(path, `${content()}\n`, { mode, flag: 'wx' });
  chmodSync(path, mode); // whatever the umask is
  process.stdout.write(`made ${path}\n`);
}

/** Of letters and digits, so that no file that it stands in has to quote it. */
function password() {
  return randomBytes(24).toString('hex');
}
