import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const CITATION = /spec: ([a-z-]+) §([\d.]+)|design §(\d+)/g;

const sources = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

/** The numbered sections of a page of docs/contract. */
const sectionsOf = (page: string): string[] =>
  [...readFileSync(join(ROOT, 'docs', 'contract', `${page}.md`), 'utf8').matchAll(/^#+ (\d+(?:\.\d+)*)/gm)].map(
    ([, number = '']) => number,
  );

it('every citation in the code names a section that the contract has', () => {
  const pages = new Map<string, string[]>();
  const missing: string[] = [];
  let cited = 0;
  for (const source of sources) {
    for (const [, page = 'design', section, ofDesign] of readFileSync(join(ROOT, source), 'utf8').matchAll(CITATION)) {
      const sections = pages.get(page) ?? sectionsOf(page);
      pages.set(page, sections);
      const number = (section ?? ofDesign ?? '').replace(/\.$/, '');
      if (!sections.includes(number)) missing.push(`${source}: ${page} §${number}`);
      cited++;
    }
  }
  expect(missing).toEqual([]);
  expect(cited).toBeGreaterThan(50);
});
