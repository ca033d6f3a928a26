import { DEFAULT_TEXT } from '@app/domain';
import { isBetween, microversion, negotiate, printed } from './microversion.js';

const malformed = (text: string) => `API Version String ${text} is of invalid format. Must be of format MajorNum.MinorNum.`;
const unsupported = (text: string) => `Version ${text} is not supported by the API. Minimum is 3.0 and maximum is 3.71.`;

describe('negotiate', () => {
  it.each([
    [undefined, '3.0'],
    ['volume 3.44', '3.44'],
    ['volume latest', '3.71'],
    ['compute 2.1, volume 3.44', '3.44'],
    ['compute 2.1,volume 3.44', '3.44'],
    ['volume  3.44', '3.44'],
    ['volumev3 3.44', '3.44'],
    ['volume 3.44, volume 3.50', '3.44'],
  ])('takes %p as %s and echoes it', (header, version) => {
    const negotiated = negotiate(header);

    expect(negotiated.refusal).toBeNull();
    expect(printed(negotiated.version)).toBe(version);
    expect(negotiated.echo).toBe(version);
  });

  it.each([
    ['volume 3.999', 'notAcceptable', unsupported('3.999'), '3.999'],
    ['volume 4.0', 'notAcceptable', unsupported('4.0'), '4.0'],
    ['volume 3.72', 'notAcceptable', unsupported('3.72'), '3.72'],
    ['volume 2.0', 'notAcceptable', unsupported('2.0'), null],
    ['volume 3', 'invalid', malformed('3'), null],
    ['volume abc', 'invalid', malformed('abc'), null],
    ['volume 3.071', 'invalid', malformed('3.071'), null],
    ['volume LATEST', 'invalid', malformed('LATEST'), null],
    ['compute 2.1', 'invalid', DEFAULT_TEXT.invalid, null],
    ['3.44', 'invalid', DEFAULT_TEXT.invalid, null],
    ['', 'invalid', DEFAULT_TEXT.invalid, null],
    ['VOLUME 3.44', 'invalid', DEFAULT_TEXT.invalid, null],
    ['volume', 'invalid', DEFAULT_TEXT.invalid, null],
    ['volume 3.44 x', 'invalid', DEFAULT_TEXT.invalid, null],
  ])('refuses %p', (header, kind, text, echo) => {
    expect(negotiate(header)).toMatchObject({ echo, refusal: { kind, message: text } });
  });
});

it.each([
  ['3.26', false],
  ['3.27', true],
  ['3.53', true],
  ['3.54', false],
  ['3.100', false],
])('%s lies between 3.27 and 3.53: %s', (version, expected) => {
  expect(isBetween(microversion(version), microversion('3.27'), microversion('3.53'))).toBe(expected);
});
