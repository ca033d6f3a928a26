import { StartError, volumeNotFound } from '@app/domain';
import { CommandFailed, exitCodeOf, ProblemsFound } from './exit-code.js';

const ofParser = (code: string, exitCode: number) => Object.assign(new Error('said already'), { code, exitCode });

it.each([
  ['help that was asked for', ofParser('commander.helpDisplayed', 0), 0, /^$/],
  ['wrong usage', ofParser('commander.unknownOption', 1), 2, /^$/],
  ['what could not be done', new CommandFailed('Not done.'), 1, /^Not done\.\n$/],
  ['what somebody must look at', new ProblemsFound('1 is stuck.'), 3, /^1 is stuck\.\n$/],
  ['a refusal', volumeNotFound('v'), 1, /^Volume v could not be found\.\n$/],
  ['what cannot start', new StartError('No database.'), 1, /^No database\.\n$/],
  ['what nobody meant', new TypeError('oops'), 1, /^TypeError: oops\n +at /],
])('%s', (_, error, code, said) => {
  let written = '';

  expect(exitCodeOf(error, { write: (text) => (written += text) })).toBe(code);
  expect(written).toMatch(said);
});
