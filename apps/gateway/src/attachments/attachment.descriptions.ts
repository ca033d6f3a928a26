import type { Descriptions } from '../openapi/describes.js';
import { listParameters } from '../openapi/list-parameters.js';
import { listOf, objectOf } from '../openapi/schema.js';
import { ATTACHMENT_LIST_RULES } from './attachment-list.rules.js';
import { ATTACHMENT, ATTACHMENT_SUMMARY, EXAMPLE_ATTACHMENT, EXAMPLE_CONNECTOR } from './attachment.schema.js';
import { attachmentDetails, attachmentSummaries, attachmentView } from './attachment.view.js';

const ONE = { schema: objectOf(null, { attachment: ATTACHMENT }), example: attachmentView(EXAMPLE_ATTACHMENT) };
const SUMMARIES = {
  schema: objectOf(null, { attachments: listOf(ATTACHMENT_SUMMARY) }),
  example: attachmentSummaries([EXAMPLE_ATTACHMENT]),
};
const DETAILS = { schema: objectOf(null, { attachments: listOf(ATTACHMENT) }), example: attachmentDetails([EXAMPLE_ATTACHMENT]) };

const { volumeId: volume_uuid, instanceUuid: instance_uuid } = EXAMPLE_ATTACHMENT;
const REPEAT = 'At the wait limit (504) the work goes on: the same request again joins it.';

export const ATTACHMENT_ROUTES = {
  list: { summary: 'List attachments', answer: SUMMARIES, query: listParameters(ATTACHMENT_LIST_RULES), refuses: ['notFound'] },
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
    answer: ONE,
    refuses: ['forbidden', 'notFound', 'conflict'],
  },
  update: {
    summary: 'Connect a reserved volume to a host',
    description: REPEAT,
    request: { example: { attachment: { connector: EXAMPLE_CONNECTOR } } },
    answer: ONE,
    refuses: ['forbidden', 'notFound', 'conflict', 'unknownYet'],
  },
  delete: {
    summary: 'Detach, and delete the attachment',
    description: `Answers what is left of the volume's attachments. ${REPEAT}`,
    answer: SUMMARIES,
    refuses: ['forbidden', 'notFound', 'conflict', 'unknownYet'],
  },
  complete: {
    summary: 'Tell that the host has connected',
    answer: null,
    refuses: ['forbidden', 'notFound', 'conflict'],
    actions: { 'os-complete': { summary: 'The volume is in use from here on', status: 204, example: null } },
  },
} as const satisfies Descriptions;
