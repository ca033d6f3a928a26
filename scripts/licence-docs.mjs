// node scripts/licence-docs.mjs                           writes docs/licences.md from package-lock.json
// node scripts/licence-docs.mjs --check [page] [lockfile]  exits 1 when the page, or that file, says something else than the lockfile
// Either way it exits 1, and writes nothing, when a package has a licence that is not allowed where it is used.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What may be shipped with a program under Apache-2.0, on no other condition than that the notice goes along. */
const SHIPPED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'PSF-2.0', 'Python-2.0'];
/** What may also be among the tools, which nobody is given. */
const TOOLS = [...SHIPPED, 'CC-BY-4.0'];

const INTRODUCTION = `# Licences of dependencies

Mooring itself is under the Apache License 2.0. What is shipped with it may have these: ${SHIPPED.join(', ')}; what only builds and tests it,
CC-BY-4.0 too. A test fails for any other, and where this page is not what the lockfile says.

<!-- Made from package-lock.json by scripts/licence-docs.mjs. -->
`;

const [option, page = join(root, 'docs/licences.md'), lockfile = join(root, 'package-lock.json')] = process.argv.slice(2);
const packages = packagesIn(JSON.parse(readFileSync(lockfile, 'utf8')));
const refused = packages.filter(({ licence, isTool }) => !isAllowed(licence, isTool ? TOOLS : SHIPPED));
const text = await prettier.format(licencePage(packages), { ...(await prettier.resolveConfig(page)), parser: 'markdown' });

if (refused.length > 0) {
  for (const { name, version, licence } of refused) fail(`${name} ${version} is under ${licence}, which is not allowed where it is used`);
} else if (option !== '--check') writeFileSync(page, text);
else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  fail(`${basename(page)} is not what package-lock.json says: run node scripts/licence-docs.mjs`);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

/** Each once, however often it is installed. */
function packagesIn({ packages: installed }) {
  const entries = Object.entries(installed).filter(([path, { link }]) => path !== '' && !link);
  const named = entries.map(([path, { version, license = 'no licence that it names', dev = false }]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version,
    licence: license,
    isTool: dev,
  }));
  const byName = new Map(named.map((one) => [`${one.name} ${one.version} ${one.isTool}`, one]));
  return [...byName.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** SPDX's `A OR B` is one of them, `A AND B` all of them. */
function isAllowed(licence, allowed) {
  const options = licence.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return options.some((option) => option.split(' AND ').every((one) => allowed.includes(one)));
}

function licencePage(all) {
  const [shipped, tools] = [all.filter(({ isTool }) => !isTool), all.filter(({ isTool }) => isTool)];
  return `${INTRODUCTION}\n## Shipped (${shipped.length})\n\n${byLicence(shipped)}\n\n## Tools (${tools.length})\n\n${byLicence(tools)}\n`;
}

function byLicence(some) {
  const licences = [...new Set(some.map(({ licence }) => licence))].sort();
  const lines = licences.map((licence) => {
    const names = some.filter((one) => one.licence === licence).map(({ name, version }) => `\`${name}\` ${version}`);
    return `- **${licence}**: ${names.join(', ')}`;
  });
  return lines.join('\n');
}
