// node test/bench/start.cjs <file.ts> [arguments]    runs a TypeScript file of this repository, compiled as it is read
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join, resolve } = require('node:path');
const { transformSync } = require('@swc/core');

const root = resolve(__dirname, '..', '..');
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

require.extensions['.ts'] = (module, filename) =>
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...swc, filename }).code, filename);

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  return resolveFilename.call(this, inSource(request, parent) ?? request, parent, ...rest);
};

/** The libs by their names, and what the compiler would have made of a TypeScript file by that file. */
function inSource(request, parent) {
  if (request.startsWith('@app/')) return join(root, 'libs', request.slice('@app/'.length), 'src/index.ts');
  if (!request.startsWith('.') || !parent?.filename?.endsWith('.ts')) return undefined;
  const source = resolve(dirname(parent.filename), request.replace(/\.js$/, '.ts'));
  return existsSync(source) && source.endsWith('.ts') ? source : undefined;
}

process.setSourceMapsEnabled(true);
const [file, ...args] = process.argv.slice(2);
process.argv = [process.execPath, resolve(__dirname, file), ...args];
require(process.argv[1]);
