import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertCompilerOptionsFromJson, readConfigFile, sys, transpileModule } from 'typescript';
import { GATEWAY_PLACES, WORKER_PLACES } from './kill-places';
import { PLANTED_BUGS } from './planted-bugs';

/**
 * The faults name places of the built code by their text. An app in which one is missing does not start; here whoever changes such a line
 * hears of it within seconds, with the unit tests.
 */
const ROOT = join(__dirname, '..', '..');

const killPlaces = Object.entries({ ...WORKER_PLACES, ...GATEWAY_PLACES }).flatMap(([moment, places]) =>
  Object.entries(places).map(([variant, { file, find }]) => ({ name: `${moment} (${variant})`, file, find })),
);
const plantedBugs = PLANTED_BUGS.flatMap(({ name, edits, lasts = [] }) =>
  [...lasts, ...edits].map(({ file, find }) => ({ name, file, find })),
);

it.each([...killPlaces, ...plantedBugs])('$name: its place stands in $file exactly once', ({ file, find }) => {
  expect(built(file).split(find)).toHaveLength(2);
});

const { options } = convertCompilerOptionsFromJson(compilerOptions(), ROOT);

const known = new Map<string, string>();

/** As the build compiles it: each file by itself (isolatedModules). */
function built(file: string): string {
  const text = known.get(file) ?? compiled(file);
  known.set(file, text);
  return text;
}

function compiled(file: string): string {
  const path = join(ROOT, file.replace(/\.js$/, '.ts'));
  return transpileModule(readFileSync(path, 'utf8'), { compilerOptions: options, fileName: path }).outputText;
}

function compilerOptions(): unknown {
  const { config } = readConfigFile(join(ROOT, 'tsconfig.json'), (path) => sys.readFile(path)) as { config: { compilerOptions: unknown } };
  return config.compilerOptions;
}
