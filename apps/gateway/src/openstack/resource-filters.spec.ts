import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListRules } from './list-query.js';
import { ResourceFilters } from './resource-filters.js';

const RULES: ListRules = { resource: 'volume', filters: ['name'], columns: {}, besides: [] };
const folder = mkdtempSync(join(tmpdir(), 'filters-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'filters.json');
  writeFileSync(path, text);
  return path;
}

it('without a file lists are filtered as they always are', () => {
  const filters = ResourceFilters.from(undefined, [RULES]);

  expect(filters.all).toEqual({ volume: ['name'] });
  expect(filters.appliedTo(RULES).checked).toEqual(['name']);
});

it('a resource that the file leaves out has no filters', () => {
  const filters = ResourceFilters.from(file('{"attachment": ["volume_id~"]}'), [RULES]);

  expect(filters.appliedTo(RULES).checked).toEqual([]);
  expect(filters.appliedTo({ ...RULES, resource: 'attachment' }).checked).toEqual(['volume_id~']);
});

it.each(['[]', 'null', '{"volume": "name"}', '{"volume": [1]}'])('a file with %s is refused in a sentence', (text) => {
  expect(() => ResourceFilters.from(file(text), [RULES])).toThrow(/^RESOURCE_FILTERS_FILE: .* must hold a JSON object of lists of filters/);
});

it('a file that is no JSON, or is not there, is refused in a sentence', () => {
  expect(() => ResourceFilters.from(file('{'), [RULES])).toThrow(/^RESOURCE_FILTERS_FILE: .* cannot be read \(/);
  expect(() => ResourceFilters.from(join(folder, 'absent'), [RULES])).toThrow(
    /^RESOURCE_FILTERS_FILE: .*absent cannot be read \(ENOENT\)\.$/,
  );
});
