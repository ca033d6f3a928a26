// node scripts/run.mjs <app> [arguments]         builds the app if need be and runs it in this process, so that signals and exit codes are its own
// node scripts/run.mjs --build <app> ...         only builds
// node scripts/run.mjs --script <name> [arguments]
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { apps, BuildError, builtMain, root } from './build-app.mjs';

/** Left to itself the engine lets several times of what lives pile up before it collects the old; so much more, in percent, is what is worth its time here (docs/decisions/0029). */
const GARBAGE_ALLOWED = 50;

const [what, ...rest] = process.argv.slice(2);

try {
  if (what === '--build') for (const app of rest) await builtMain(known(app));
  else if (what === '--script') await runScript(...rest);
  else await runApp(known(what), rest);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

async function runApp(app, args) {
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_ALLOWED}`);
  const main = await builtMain(app);
  process.argv = [process.execPath, main, ...args];
  createRequire(main)(main);
}

async function runScript(name, ...args) {
  const script = join(root, 'scripts', `${name}.mjs`);
  if (!existsSync(script)) throw new BuildError(`There is no script named ${name}.`);
  process.argv = [process.execPath, script, ...args];
  await import(pathToFileURL(script).href);
}

function known(app) {
  if (app !== undefined && apps().includes(app)) return app;
  throw new BuildError(`usage: node scripts/run.mjs <app> [arguments], where <app> is one of ${apps().join(', ')}`);
}
