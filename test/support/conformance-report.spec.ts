import { casesIn, pageOf, saidOf, testsByCase } from './conformance-report.cjs';

const run = (...titles: [title: string, status?: string][]) => [
  {
    testFilePath: `${process.cwd()}/test/contract/x.spec.ts`,
    testResults: titles.map(([title, status = 'passed']) => ({ title, status })),
  },
];
const waiting = (except: string[]) =>
  Object.fromEntries([...testsByCase([]).keys()].filter((n: string) => !except.includes(n)).map((n: string) => [n, { waiting: 'later' }]));

it.each([
  ['case 7: a list', ['7']],
  ['cases 1, 2 and 147a: three', ['1', '2', '147a']],
  ['cases 5 to 7: a range', ['5', '6', '7']],
  ['case 230, as it is here: a worker', ['230']],
  ['a volume in case 7 of 8', []],
])('%j names %j', (title, expected) => expect(casesIn(title)).toEqual(expected));

it('a case is held when all of its tests have passed, and failed when one has not', () => {
  const notes = waiting(['7', '8']);

  const { text, faults } = pageOf(testsByCase(run(['case 7: fine'], ['cases 7 and 8: fine too'], ['case 8: not', 'failed'])), notes);

  expect(faults).toEqual([]);
  expect(text).toContain('**1 of 234 cases held**, 1 failed, 232 wait');
  expect(text).toMatch(/^\| 7 \| fine too .*\| held \| {2}\|$/m);
  expect(text).toMatch(/^\| 8 \|.*\| failed \| {2}\|$/m);
});

it('a case that nobody tests or explains is a fault, and so is one that is said to wait and does not', () => {
  const { faults } = pageOf(testsByCase(run(['case 9: here'])), waiting(['7']));

  expect(faults).toEqual(['case 7 has no test, and no note says why', 'case 9 has a test and a note that it waits']);
});

it('a page is as true as before when a test is called otherwise, and is not when a case has come to something else', () => {
  const page = (...titles: [title: string, status?: string][]) => pageOf(testsByCase(run(...titles)), waiting(['7'])).text;

  expect(saidOf(page(['case 7: fine']))).toBe(saidOf(page(['case 7: as it should be'])));
  expect(saidOf(page(['case 7: fine']))).not.toBe(saidOf(page(['case 7: fine', 'failed'])));
  expect(saidOf(page(['case 7: fine']))).toContain('6 waiting,7 held,8 waiting');
});
