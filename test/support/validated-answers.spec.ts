import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addValidated, totalValidated } from './validated-answers';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'validated-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('what was held in all specs is counted', () => {
  addValidated(folder, { answers: 2, held: 3 });
  addValidated(folder, { answers: 1, held: 0 });

  expect(totalValidated(folder)).toBe(3);
});

it('a run that asks no gateway holds nothing', () => {
  expect(totalValidated(folder)).toBe(0);

  addValidated(folder, { answers: 0, held: 0 });
  expect(totalValidated(folder)).toBe(0);
});

it('a run that holds none of what was answered fails', () => {
  addValidated(folder, { answers: 2, held: 0 });

  expect(() => totalValidated(folder)).toThrow('of 2 answers none was held against /openapi.json');
});
