const { readFileSync, writeFileSync } = require('node:fs');
const { join, relative, sep } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const PAGE = join(ROOT, 'docs', 'conformance.md');
const NOTES = join(ROOT, 'test', 'contract', 'conformance-notes.json');
/** The cases of the contract: 1 to this one, and two that came later. */
const LAST = 232;
const LATER = ['147a', '147b'];
const CASES = Array.from({ length: LAST }, (_, i) => String(i + 1)).flatMap((n) => [
  n,
  ...LATER.filter((later) => parseInt(later, 10) === Number(n)),
]);

/** The cases that a test's title begins with: "case 7: …", "cases 1, 2 and 4: …", "cases 1 to 4: …". */
function casesIn(title) {
  const said = /^cases? (\d[^:]*)/.exec(title)?.[1];
  if (said === undefined) return [];
  const range = /^(\d+) to (\d+)$/.exec(said);
  if (range) return Array.from({ length: range[2] - range[1] + 1 }, (_, i) => String(Number(range[1]) + i));
  return said.match(/\d+[a-z]?\b/g) ?? [];
}

/** Tests by case, each with its title and whether it passed. */
function testsByCase(testResults) {
  const found = new Map(CASES.map((n) => [n, []]));
  for (const { testFilePath, testResults: tests } of testResults) {
    for (const { title, status } of tests) {
      for (const n of casesIn(title)) found.get(n)?.push({ title, status, file: relative(ROOT, testFilePath).split(sep).join('/') });
    }
  }
  return found;
}

/** The page, and what is wrong: cases that no test names and no note explains, and notes about waiting that a test contradicts. */
function pageOf(found, notes) {
  const rows = [];
  const faults = [];
  const counts = { held: 0, failed: 0, waiting: 0 };
  for (const [n, tests] of found) {
    const note = notes[n] ?? {};
    if (tests.length === 0 && !note.waiting) faults.push(`case ${n} has no test, and no note says why`);
    if (tests.length > 0 && note.waiting) faults.push(`case ${n} has a test and a note that it waits`);
    const failed = tests.some(({ status }) => status !== 'passed');
    const result = tests.length === 0 ? 'waiting' : failed ? 'failed' : 'held';
    counts[result]++;
    rows.push(`| ${n} | ${testsIn(tests)} | ${result} | ${note.waiting ?? note.restated ?? note.differs ?? ''} |`);
  }
  return { text: written(rows, counts, found.size), faults };
}

/** By file, since files end in another order each time. */
const testsIn = (tests) =>
  [...new Map(tests.map(({ title, file }) => [file, title]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, title]) => `${escaped(title)} ([${file.split('/').at(-1)}](../${file}))`)
    .join('<br>');
/** Ids may be new in each run. */
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const escaped = (text) =>
  text
    .replace(/^cases? [^:]*: /, '')
    .replaceAll(UUID, '…')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('`', '');

const written = (rows, { held, failed, waiting }, all) => `# Conformance

Written by the tests' own run (\`npm test\`): every numbered case of the contract, the tests that hold it, and what they came to. A case with several tests in
one file shows one of them. What Mooring does otherwise than Cinder on purpose is in [differences-from-cinder.md](differences-from-cinder.md).

**${held} of ${all} cases held**, ${failed} failed, ${waiting} wait for what is not there yet.

| case | test | result | note |
| ---- | ---- | ------ | ---- |
${rows.join('\n')}
`;

/** What a page says of the cases, however their tests are called. */
const saidOf = (page) =>
  Array.from(page.matchAll(/^\| (\d\S*) \|.*\| (held|failed|waiting) \|/gm), ([, n, result]) => `${n} ${result}`).join();

/** A jest reporter: after a whole run it brings the page up to date, and fails the run where that page would not be true. */
class ConformanceReport {
  constructor(globalConfig) {
    this.whole = globalConfig.testNamePattern === undefined && (globalConfig.testPathPatterns?.patterns ?? []).length === 0;
  }

  onRunComplete(_contexts, { testResults }) {
    if (!this.whole || !testResults.some(({ testFilePath }) => testFilePath.includes(`${sep}test${sep}contract${sep}`))) return;
    const { text, faults } = pageOf(testsByCase(testResults), JSON.parse(readFileSync(NOTES, 'utf8')));
    if (faults.length > 0) return void (this.error = new Error(`The page of conformance is not complete: ${faults.join('; ')}.`));
    const before = readFileSync(PAGE, 'utf8');
    if (before === text) return;
    writeFileSync(PAGE, text);
    if (saidOf(before) !== saidOf(text))
      this.error = new Error('docs/conformance.md was not true any more, and has been written anew: commit it.');
  }

  getLastError() {
    return this.error;
  }
}

module.exports = ConformanceReport;
module.exports.casesIn = casesIn;
module.exports.saidOf = saidOf;
module.exports.pageOf = pageOf;
module.exports.testsByCase = testsByCase;
