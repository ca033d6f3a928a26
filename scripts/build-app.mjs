// Builds an app with Nest's own compiler, only when something that it is made of has changed since. Two runs at once do no harm: the second
// waits for the first, and what was built comes to its place by a rename.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

/** A sentence for whoever started it; shown without a stack. */
export class BuildError extends Error {}

/** Those that have sources here; where only what was built has come along, those that were built. */
export const apps = () =>
  existsSync(join(root, 'apps'))
    ? readdirSync(join(root, 'apps')).filter((app) => existsSync(join(root, 'apps', app, 'tsconfig.app.json')))
    : readdirSync(join(dist, 'apps'));

/** Where the built app begins. Without the compiler (an installation without development packages) what is there is taken as it is. */
export async function builtMain(app) {
  const main = join(dist, 'apps', app, 'apps', app, 'src/main.js');
  const compiler = findCompiler();
  if (compiler === null && !existsSync(main)) {
    throw new BuildError(
      `${app} is not built, and the compiler is not installed here: run \`npm ci\` with its development packages, or bring dist/.`,
    );
  }
  if (compiler !== null && !isFresh(app, main)) await locked(app, () => isFresh(app, main) || build(app, compiler));
  return main;
}

function build(app, compiler) {
  process.stderr.write(`building ${app} ...\n`);
  const stamp = stampOf(app); // of what the compiler is about to read: a change during the build makes the next run build again
  for (const left of readdirSync(dist)) if (left.startsWith(`.${app}-`)) rmSync(join(dist, left), { recursive: true }); // of a build that was killed
  const made = join(dist, `.${app}-${process.pid}`);
  const config = `${made}.json`;
  writeFileSync(config, JSON.stringify({ extends: `../apps/${app}/tsconfig.app.json`, compilerOptions: { outDir: made } }));
  try {
    compile(app, compiler, config);
    replace(join(dist, 'apps', app), made);
    writeFileSync(stampFile(app), stamp);
  } finally {
    for (const left of [config, made]) rmSync(left, { recursive: true, force: true });
  }
}

function compile(app, compiler, config) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, 'build', app, '--path', relative(root, config)], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new BuildError(`${app} does not build:\n${stdout}${stderr}`);
}

function replace(place, made) {
  const old = `${made}.old`;
  mkdirSync(dirname(place), { recursive: true });
  if (existsSync(place)) renameSync(place, old);
  renameSync(made, place);
  rmSync(old, { recursive: true, force: true });
}

function isFresh(app, main) {
  return existsSync(main) && existsSync(stampFile(app)) && readFileSync(stampFile(app), 'utf8') === stampOf(app);
}

const stampFile = (app) => join(dist, `${app}.stamp`);

/** Of path, time and size of all that the app is made of; reading it all would cost every start. */
function stampOf(app) {
  const folders = [app === 'standalone' ? 'apps' : `apps/${app}`, 'libs'].map((folder) => join(root, folder));
  const settings = ['tsconfig.json', 'nest-cli.json', 'package-lock.json'].map((file) => join(root, file));
  const hash = createHash('sha256');
  for (const file of [...folders.flatMap(sourcesIn), ...settings.filter(existsSync)]) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function sourcesIn(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.(ts|json)$/.test(file) && !file.endsWith('.spec.ts'));
  return files.sort().map((file) => join(folder, file));
}

function findCompiler() {
  try {
    const require = createRequire(import.meta.url);
    require.resolve('typescript');
    return join(dirname(require.resolve('@nestjs/cli/package.json')), 'bin/nest.js');
  } catch {
    return null;
  }
}

/**
 * One build of an app at a time. The lock is a file named after its process and that one's start: a file of a process that is gone is removed
 * by its own name alone, so nobody takes a living one away. Two that take it at once both see the other and step back.
 */
async function locked(app, work) {
  const prefix = `.${app}.lock-`;
  while (!takeLock(prefix)) await new Promise((again) => setTimeout(again, 50 + Math.random() * 100));
  try {
    work();
  } finally {
    rmSync(join(dist, ownLock(prefix)), { force: true });
  }
}

function takeLock(prefix) {
  try {
    mkdirSync(dist, { recursive: true });
    if (heldByOther(prefix)) return false;
    writeFileSync(join(dist, ownLock(prefix)), '');
    if (!heldByOther(prefix)) return true;
    rmSync(join(dist, ownLock(prefix)), { force: true });
    return false;
  } catch (error) {
    throw new BuildError(`dist/ cannot be written (${error.code}).`, { cause: error });
  }
}

const ownLock = (prefix) => `${prefix}${process.pid}-${startOf(process.pid)}`;

function heldByOther(prefix) {
  const others = readdirSync(dist).filter((name) => name.startsWith(prefix) && name !== ownLock(prefix));
  const left = others.filter((name) => !isOfLiving(name.slice(prefix.length)));
  for (const name of left) rmSync(join(dist, name), { force: true });
  return left.length < others.length;
}

function isOfLiving(holder) {
  const [pid, start] = holder.split('-');
  return startOf(Number(pid)) === start;
}

/** When a living process began, so that a process id that is used again is not taken for its former owner; null for one that is gone. */
function startOf(pid) {
  if (!existsSync('/proc/self/stat')) return isAlive(pid) ? 'unknown' : null;
  try {
    // What follows the last bracket, which ends the name, is fields 3 and up.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1).trim().split(' ');
    return state === 'Z' ? null : fields[18];
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
