import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import { Admission } from './admission.js';

const asked = (method: string, url: string, headers = {}) => ({ method, url, headers }) as IncomingMessage;
const slow = () => asked('POST', '/v3/p/volumes', { 'content-length': '7' });
const begins = () => asked('POST', '/v3/p/attachments');
const ends = () => asked('PUT', '/v3/p/attachments/a');

let warn: jest.SpyInstance;
beforeEach(() => {
  jest.useFakeTimers();
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

function filled(count: number, limits = { MAX_REQUESTS: 4, MAX_WAITING: 3, MAX_REQUESTS_PER_PROJECT: 2 }) {
  const admission = new Admission(limits);
  const inside = Array.from({ length: count }, ends);
  for (const request of inside) admission.enters(request);
  return { admission, inside };
}

it.each([
  ['POST', '/v3/attachments', 1, true],
  ['POST', '/v3/attachments', 2, false],
  ['GET', '/v3/attachments/a', 2, false],
  ['PUT', '/v3/p/attachments/a', 3, true],
  ['POST', '/v3/attachments/a/action', 3, true],
  ['DELETE', '/v3/attachments/a', 3, true],
  ['DELETE', '/v3/attachments/a', 4, false],
])('%s %s with %i of 4 places taken: %s', (method, url, taken, enters) => {
  expect(filled(taken).admission.enters(asked(method, url))).toBe(enters);
});

it('who leaves makes room, once', () => {
  const { admission, inside } = filled(4);
  const [first] = inside as [IncomingMessage];

  admission.leaves(first);
  admission.leaves(first);

  expect(admission.enters(ends())).toBe(true);
  expect(admission.enters(ends())).toBe(false);
});

it('whose body is on its way takes nobody’s place, and finds one when it is there or is refused', () => {
  const { admission } = filled(0);
  const [one, two, three, chunked] = [slow(), slow(), slow(), asked('POST', '/v3/p/volumes', { 'transfer-encoding': 'chunked' })];

  const comes = (request: IncomingMessage): boolean => {
    const entered = admission.enters(request);
    admission.awaitsBody(request);
    return entered;
  };

  expect([one, two, three, chunked].map(comes)).toEqual([true, true, true, true]);
  expect(admission.atWork).toBe(0);
  expect([one, two, three].map((request) => admission.arrives(request))).toEqual([true, true, false]);
  admission.leaves(three);
  expect(admission.atWork).toBe(2);
  expect(admission.enters(slow())).toBe(false);
  admission.leaves(one);
  admission.waiting = () => 3;
  expect(admission.arrives(chunked)).toBe(false);
});

it('whose body is on its way has a place until it is known who it is', () => {
  const { admission } = filled(0);

  expect([slow(), slow(), slow()].map((request) => admission.enters(request))).toEqual([true, true, false]);
});

it('who waits for a driver takes no place of those at work, until too many wait', () => {
  const { admission } = filled(3);
  admission.waiting = () => 2;
  expect(admission.atWork).toBe(1);
  expect(admission.enters(begins())).toBe(true);

  admission.waiting = () => 3;
  expect(admission.enters(ends())).toBe(false);
  expect(admission.enters(asked('GET', '/v3/attachments'))).toBe(true);
});

it('a project has so many places and no more, also while there is room, and each that leaves makes room for its own', () => {
  const { admission, inside } = filled(3);
  const [first, second, third] = inside as [IncomingMessage, IncomingMessage, IncomingMessage];

  expect([admission.entersAs('p', first), admission.entersAs('p', second), admission.entersAs('p', third)]).toEqual([true, true, false]);
  expect(admission.entersAs('q', third)).toBe(true);
  admission.leaves(third);
  admission.leaves(first);
  admission.leaves(first);
  const next = ends();
  admission.enters(next);

  expect(admission.entersAs('p', next)).toBe(true);
});

describe('of the places at work', () => {
  const LIMITS = { MAX_REQUESTS: 8, MAX_WAITING: 30, MAX_REQUESTS_PER_PROJECT: 30 };
  const comes = (admission: Admission, project: string, request: IncomingMessage): boolean => {
    const entered = admission.enters(request) && admission.entersAs(project, request);
    if (!entered) admission.leaves(request);
    return entered;
  };

  it.each([
    ['what begins something', begins, 3, 1],
    ['what ends something', ends, 6, 2],
  ])('a project leaves some to the others: %s', (_, asking, own, left) => {
    const { admission } = filled(0, LIMITS);
    const all = (project: string) => Array.from({ length: 8 }, () => comes(admission, project, asking())).filter(Boolean).length;

    expect([all('p'), all('q')]).toEqual([own, left]);
  });

  it('says whose share is taken', () => {
    const { admission } = filled(0, LIMITS);
    for (let i = 0; i < 4; i++) comes(admission, 'p', begins());

    expect(warn.mock.calls).toEqual([['requests are refused, 3/4 of MAX_REQUESTS of p is reached: 4 are at work, 0 wait for a driver']]);
  });

  it('those that wait for a driver are none of its share, nor are slow bodies until they are there', () => {
    const { admission } = filled(0, LIMITS);
    const one = slow();
    const arriving = [slow(), slow(), slow(), slow()];
    for (const request of [one, ...arriving]) {
      admission.enters(request);
      admission.awaitsBody(request);
      expect(admission.entersAs('p', request)).toBe(true);
    }
    admission.waiting = (projectId = 'p') => (projectId === 'p' ? 1 : 0);

    expect(admission.arrives(one)).toBe(true);
    expect(arriving.map((request) => admission.arrives(request))).toEqual([true, true, true, false]);
    admission.leaves(arriving[3] as IncomingMessage);
    expect(comes(admission, 'p', begins())).toBe(false);
    expect(comes(admission, 'q', begins())).toBe(true);
  });
});

it('what is always let in takes no place of its project, and needs none', () => {
  const { admission, inside } = filled(2);
  const probe = asked('GET', '/readyz');
  expect(admission.entersAs('p', probe)).toBe(true);

  expect(inside.map((request) => admission.entersAs('p', request))).toEqual([true, true]);
  expect(admission.entersAs('p', probe)).toBe(true);
});

it('says that it refuses once, and then the sum', () => {
  const { admission, inside } = filled(4);
  for (let i = 0; i < 4; i++) admission.enters(begins());
  const [one, two, three] = inside as [IncomingMessage, IncomingMessage, IncomingMessage];
  for (const request of [one, two, three]) admission.entersAs('p', request);

  jest.advanceTimersByTime(10_000);

  expect(warn.mock.calls).toEqual([
    ['requests are refused, MAX_REQUESTS is reached: 4 are at work, 0 wait for a driver'],
    ['5 requests were refused within 10 s: 4 by MAX_REQUESTS, 1 by MAX_REQUESTS_PER_PROJECT of p'],
  ]);
});
