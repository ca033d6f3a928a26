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

export const apps = () => readdirSync(join(root, 'apps')).filter((app) => existsSync(join(root, 'apps', app, 'tsconfig.app.json')));

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

/** One build of an app at a time; the lock of a process that is gone counts for nothing. */
async function locked(app, work) {
  const lock = join(dist, `.${app}.lock`);
  mkdirSync(dist, { recursive: true });
  while (!takeLock(lock)) await new Promise((again) => setTimeout(again, 100));
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw new BuildError(`dist/ cannot be written (${error.code}).`);
    if (!isAlive(holderOf(lock))) rmSync(lock, { force: true });
    return false;
  }
}

function holderOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8')) || process.pid; // empty for a moment, between making and writing
  } catch {
    return process.pid; // just released
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
