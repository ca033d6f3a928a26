import { ageInMs, ageInWords } from './age.js';

it.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['30d', 2_592_000_000],
])('%s is an age', (value, ms) => expect(ageInMs(value)).toBe(ms));

it.each(['', '30', 'd', '0s', '-1d', '1.5h', '30 d', '1w', '36501d'])('"%s" is none', (value) => {
  expect(() => ageInMs(value)).toThrow('It takes an age from 1s to 36500d');
});

it.each([
  [47.4, '47 s'],
  [720, '12 min'],
  [18_000, '5 h'],
  [260_000, '3 d'],
])('%d seconds are said as %s', (seconds, said) => expect(ageInWords(seconds)).toBe(said));
