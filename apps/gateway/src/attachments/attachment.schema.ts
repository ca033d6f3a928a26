import type { AttachmentRecord } from '@app/attachments';
import type { AttachStatus } from '@app/domain';
import { FLAG, ID, objectOf, orNull, type Schema, TEXT, TIME } from '../openapi/schema.js';

const STATUSES: readonly AttachStatus[] = ['reserved', 'attaching', 'attached', 'detaching', 'error_attaching', 'error_detaching'];

const SUMMARY = { id: ID, status: { enum: STATUSES }, instance: orNull(TEXT), volume_id: ID };
/** Empty where there is none, never null. */
const TIME_OR_EMPTY: Schema = { anyOf: [TIME, { const: '' }] };

/** What the driver says is of its own making; these keys stand beside it. */
const CONNECTION_INFO: Schema = {
  description: '`{}` where there is no connection; null where `os-attach` recorded the attachment, without a connector. Carries secrets.',
  anyOf: [
    { type: 'null' },
    objectOf(null, { format: { ...TEXT, description: "Of the volume's image; in a show alone." } }, ['format']),
    {
      type: 'object',
      properties: {
        driver_volume_type: TEXT,
        attachment_id: ID,
        access_mode: { enum: ['rw', 'ro'] },
        qos_specs: {
          description: 'What the host is to keep; a number where it depends on the size.',
          type: ['object', 'null'],
          additionalProperties: { type: ['string', 'integer'] },
        },
        encrypted: FLAG,
        enforce_multipath: {},
      },
      required: ['driver_volume_type', 'attachment_id', 'access_mode', 'encrypted', 'enforce_multipath'],
    },
  ],
};

export const ATTACHMENT_SUMMARY = objectOf('AttachmentSummary', SUMMARY);

/** spec: attachments-api §2.2 */
export const ATTACHMENT = objectOf('Attachment', {
  ...SUMMARY,
  attached_at: TIME_OR_EMPTY,
  detached_at: TIME_OR_EMPTY,
  attach_mode: { ...orNull(TEXT), description: '`rw` or `ro`; the text `null` where the caller has not said.' },
  connection_info: CONNECTION_INFO,
});

/** The attachment of all examples; the views make answers of it. */
export const EXAMPLE_ATTACHMENT: AttachmentRecord = {
  id: '3b8b6631-1cf7-4fd7-9afb-c01e541a073c',
  volumeId: 'd84acf0f-3ddc-46ff-9a6d-c2a2d59a0d0e',
  projectId: '89afd400b646452b8db1b8d3a5c0f6a1',
  instanceUuid: '462dcc2d-130d-4654-8db1-da0df2da6a0d',
  attachStatus: 'attaching',
  attachMode: 'rw',
  attachTime: '2026-11-23T15:04:38.669302',
  detachTime: null,
  connectionInfo: {
    driver_volume_type: 'iscsi',
    target_iqn: 'iqn.2010-10.org.openstack:volume-d84acf0f-3ddc-46ff-9a6d-c2a2d59a0d0e',
    target_portal: '192.168.1.10:3260',
    target_lun: 1,
    access_mode: 'rw',
    qos_specs: null,
    encrypted: false,
    attachment_id: '3b8b6631-1cf7-4fd7-9afb-c01e541a073c',
    enforce_multipath: false,
  },
};

export const EXAMPLE_CONNECTOR = {
  initiator: 'iqn.1993-08.org.debian:01:cad181614cec',
  ip: '192.168.1.20',
  platform: 'x86_64',
  host: 'compute-1',
  os_type: 'linux2',
  multipath: false,
  mountpoint: '/dev/vdb',
  mode: 'rw',
};
