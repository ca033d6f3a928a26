import type { AttachmentRecord, Look } from '@app/attachments';
import { DEFAULT_TEXT, type ReasonClass } from '@app/domain';
import { attached, completed, created, detached } from './attachment.answer.js';

const row = { id: 'a' } as AttachmentRecord;
const success: Look = { state: 'succeeded', reason: null, current: true, attachment: row, remaining: [row], answer: null };
const failure = (reason: ReasonClass, text: string | null = 'why'): Look => ({
  ...success,
  state: 'failed',
  reason: { class: reason, text },
});

const told = (answer: () => unknown) => {
  try {
    return answer();
  } catch (error) {
    return { kind: (error as { kind: string }).kind, message: (error as Error).message };
  }
};
const notFound = { kind: 'notFound', message: 'Volume attachment could not be found with filter: attachment_id = a.' };

it.each([
  ['invalidConnector', { kind: 'invalid', message: 'Invalid input received: why' }],
  ['backend', { kind: 'backend', message: 'Unable to update attachment (why).' }],
  ['notReady', { kind: 'backend', message: 'Unable to update attachment (why).' }],
  ['internal', { kind: 'backend', message: 'Unable to update the attachment.' }],
  ['superseded', notFound],
  ['gone', notFound],
] as const)('an update that failed as %s', (reason, expected) => {
  expect(told(() => attached(failure(reason), 'a'))).toEqual(expected);
});

it.each([
  ['invalidConnector', { kind: 'backend', message: 'Unable to create attachment for volume (Invalid input received: why).' }],
  ['backend', { kind: 'backend', message: 'Unable to create attachment for volume (why).' }],
  ['notReady', { kind: 'backend', message: 'Unable to create attachment for volume (why).' }],
  ['internal', { kind: 'backend', message: 'Unable to create attachment for volume.' }],
  ['superseded', { kind: 'backend', message: 'Unable to create attachment for volume.' }],
  ['gone', { kind: 'backend', message: 'Unable to create attachment for volume.' }],
] as const)('a create that failed as %s, its row gone', (reason, expected) => {
  expect(told(() => created({ ...failure(reason), attachment: null, current: false }, 'a'))).toEqual(expected);
});

it.each([
  ['backend', { kind: 'backend', message: DEFAULT_TEXT.backend }],
  ['gone', notFound],
] as const)('a delete that failed as %s', (reason, expected) => {
  expect(told(() => detached(failure(reason), 'a'))).toEqual(expected);
});

it('why a delete failed is for the log', () => {
  expect(() => detached(failure('backend'), 'a')).toThrow(expect.objectContaining({ cause: new Error('backend: why') }));
});

it('a success is the row while it is still of this operation, and a conflict afterwards', () => {
  expect(attached(success, 'a')).toBe(row);
  expect(told(() => attached({ ...success, current: false }, 'a'))).toMatchObject({ kind: 'conflict' });
});

it('a delete answers what is left, a complete nothing', () => {
  expect(detached(success, 'a')).toEqual([row]);
  expect(told(() => completed({ ...success, current: false, attachment: null }, 'a'))).toBeUndefined();
  expect(told(() => completed(failure('superseded'), 'a'))).toEqual(notFound);
});
