import type { AttachmentFacts, Situation, UnfinishedFacts } from './guards.js';
import { computeUse, onlyAttachment, replacedUse } from './release.js';

const row = (more: Partial<AttachmentFacts> = {}) => ({ id: 'a1', instanceUuid: 'i1', digest: null, ...more }) as AttachmentFacts;
const connected = { digest: 'd1' };
const attach = { kind: 'attach', attachmentId: 'a1' } as UnfinishedFacts;
const situation = (attachments: AttachmentFacts[], unfinished: UnfinishedFacts[] = []) =>
  ({ volume: { id: 'v1' }, attachments, unfinished }) as Situation;
const use = { instanceUuid: 'i1', volumeId: 'v1', attachmentId: 'a1' };

it.each([
  ['connected, of an instance', situation([row(connected)]), use],
  ['being connected, of an instance', situation([row()], [attach]), use],
  ['connected by nobody', situation([row()]), null],
  ['connected by nobody, while another is being connected', situation([row()], [{ ...attach, attachmentId: 'a2' }]), null],
  ['connected, of no instance', situation([row({ ...connected, instanceUuid: null })]), null],
  ['not there', situation([row({ ...connected, id: 'a2' })]), null],
])('an attachment that is %s', (_, given, expected) => {
  expect(computeUse(given, 'a1')).toEqual(expected);
});

it.each([
  ['another connector', 'd2', situation([row(connected)]), use],
  ['the same connector', 'd1', situation([row(connected)]), null],
  ['the first connector', 'd1', situation([row()]), null],
  ['another connector of no instance', 'd2', situation([row({ ...connected, instanceUuid: null })]), null],
])('an attach by %s', (_, digest, given, expected) => {
  expect(replacedUse(given, 'a1', digest)).toEqual(expected);
});

it('an action that names none is about the only one there is', () => {
  expect(onlyAttachment(situation([]))).toBeNull();
  expect(onlyAttachment(situation([row()]))).toEqual(row());
  expect(() => onlyAttachment(situation([row(), row({ id: 'a2' })]))).toThrow(
    'ConflictNovaUsingAttachment: Detach volume from instance  using the Compute API',
  );
});
