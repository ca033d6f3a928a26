import type { AttachmentRecord } from '@app/attachments';
import type { Descriptions } from '../openapi/describes.js';
import { listParameters } from '../openapi/list-parameters.js';
import { listOf, objectOf } from '../openapi/schema.js';
import { ATTACHMENT_LIST_RULES } from './attachment-list.rules.js';
import { ATTACHMENT, ATTACHMENT_SUMMARY, EXAMPLE_ATTACHMENT, EXAMPLE_CONNECTOR } from './attachment.schema.js';
import { attachmentDetails, attachmentSummaries, attachmentView } from './attachment.view.js';

const ONE = { schema: objectOf(null, { attachment: ATTACHMENT }), example: attachmentView(EXAMPLE_ATTACHMENT, () => true) };
const RESERVED: AttachmentRecord = {
  ...EXAMPLE_ATTACHMENT,
  attachStatus: 'reserved',
  attachMode: 'null',
  attachTime: null,
  connectionInfo: {},
};
const OTHER: AttachmentRecord = {
  ...EXAMPLE_ATTACHMENT,
  id: '6b1e3a52-9d2c-4c8e-8a47-0c1f2b7d9e35',
  instanceUuid: 'f0c7a1de-52b8-4f6d-9e0b-7a3c5d1e8b24',
};
const summaries = (of: AttachmentRecord) => ({
  schema: objectOf(null, { attachments: listOf(ATTACHMENT_SUMMARY) }),
  example: attachmentSummaries([of]),
});
const DETAILS = {
  schema: objectOf(null, { attachments: listOf(ATTACHMENT) }),
  example: attachmentDetails([EXAMPLE_ATTACHMENT], () => true),
};

const { volumeId: volume_uuid, instanceUuid: instance_uuid } = EXAMPLE_ATTACHMENT;
const REPEAT = 'At the wait limit (504) the work goes on: the same request again joins it.';

export const ATTACHMENT_ROUTES = {
  list: {
    summary: 'List attachments',
    answer: summaries(EXAMPLE_ATTACHMENT),
    query: listParameters(ATTACHMENT_LIST_RULES),
    refuses: ['notFound'],
  },
  listDetail: {
    summary: 'List attachments with details',
    answer: DETAILS,
    query: listParameters(ATTACHMENT_LIST_RULES),
    refuses: ['notFound'],
  },
  nothing: null,
  show: { summary: 'Show an attachment', answer: ONE, refuses: ['notFound'] },
  create: {
    summary: 'Reserve a volume, and connect it where a connector is named',
    description: 'Without a connector, or with an empty one, the volume is reserved and no driver asked.',
    request: { example: { attachment: { volume_uuid, instance_uuid, connector: null } } },
    answer: { ...ONE, example: attachmentView(RESERVED, () => true) },
    refuses: ['notFound', 'conflict'],
  },
  update: {
    summary: 'Connect a reserved volume to a host',
    description: REPEAT,
    request: { example: { attachment: { connector: EXAMPLE_CONNECTOR } } },
    answer: ONE,
    refuses: ['notFound', 'conflict', 'unknownYet'],
    asksCompute: true,
  },
  delete: {
    summary: 'Detach, and delete the attachment',
    description: `Answers what is left of the volume's attachments. ${REPEAT}`,
    answer: summaries(OTHER),
    refuses: ['notFound', 'conflict', 'unknownYet'],
    asksCompute: true,
  },
  complete: {
    summary: 'Tell that the host has connected',
    answer: null,
    refuses: ['notFound', 'conflict'],
    actions: { 'os-complete': { summary: 'Mark the attachment as attached, and its volume as in use', status: 204, example: null } },
  },
} as const satisfies Descriptions;
