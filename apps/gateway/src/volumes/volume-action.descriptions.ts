import type { ActionDescription, Descriptions } from '../openapi/describes.js';
import { ID, mapOf, objectOf, TEXT } from '../openapi/schema.js';
import { actionFacts, type VolumeActionName } from './volume-actions.js';

const INSTANCE = '462dcc2d-130d-4654-8db1-da0df2da6a0d';
const ATTACHMENT = '3b8b6631-1cf7-4fd7-9afb-c01e541a073c';
const CONNECTOR = { host: 'compute-1', initiator: 'iqn.1993-08.org.debian:01:cad181614cec', ip: '192.168.1.20' };

/** Two levels, unlike an attachment's: what the driver says stands in `data`. */
const CONNECTION = {
  schema: objectOf(null, {
    connection_info: {
      title: 'ConnectionByAction',
      type: 'object',
      properties: { driver_volume_type: TEXT, data: mapOf({}), enforce_multipath: {} },
      required: ['driver_volume_type', 'data', 'enforce_multipath'],
    },
  }),
  example: {
    connection_info: { driver_volume_type: 'iscsi', data: { target_portal: '192.168.1.10:3260', target_lun: 1 }, enforce_multipath: false },
  },
};
const SAVED = { schema: objectOf(null, { save_volume_id: ID }), example: { save_volume_id: 'd84acf0f-3ddc-46ff-9a6d-c2a2d59a0d0e' } };

const ACTIONS: Record<VolumeActionName, Pick<ActionDescription, 'summary' | 'example' | 'answer'>> = {
  'os-reserve': { summary: 'Set the volume aside for an attach', example: null },
  'os-unreserve': { summary: 'Free a volume that was set aside', example: null },
  'os-begin_detaching': { summary: 'Mark the volume as detaching', example: null },
  'os-roll_detaching': { summary: 'Mark a detaching volume as in use again', example: null },
  'os-attach': {
    summary: 'Record an attachment without a connector',
    example: { instance_uuid: INSTANCE, mountpoint: '/dev/vdb' },
  },
  'os-detach': { summary: 'Delete an attachment, and disconnect its host', example: { attachment_id: ATTACHMENT } },
  'os-initialize_connection': {
    summary: 'Connect a host without an attachment',
    example: { connector: CONNECTOR },
    answer: CONNECTION,
  },
  'os-terminate_connection': { summary: 'Disconnect a host that has no attachment', example: { connector: CONNECTOR } },
  'os-force_detach': {
    summary: 'Detach the volume whatever its state (administrators)',
    example: { attachment_id: ATTACHMENT, connector: CONNECTOR },
  },
  'os-reset_status': { summary: 'Set the statuses of the volume (administrators)', example: { status: 'available' } },
  'os-force_delete': { summary: 'Delete the volume whatever its state (administrators)', example: null },
  'os-migrate_volume_completion': {
    summary: 'Move the attachments to another volume (administrators)',
    example: { new_volume: SAVED.example.save_volume_id },
    answer: SAVED,
  },
  'os-extend': { summary: 'Extend the volume', example: { new_size: 2 } },
  'os-set_bootable': { summary: 'Say whether the volume can be booted from', example: { bootable: true } },
  'os-update_readonly_flag': {
    summary: 'Say whether the volume is attached for reading alone',
    example: { readonly: true },
  },
};

/** The rest stands in the table by which they are carried out. */
function described(name: string): [string, ActionDescription] {
  const { status, body, orNull } = actionFacts(name as VolumeActionName);
  return [name, { ...ACTIONS[name as VolumeActionName], status, body, orNull }];
}

export const VOLUME_ACTION_ROUTES = {
  act: {
    summary: 'What older clients and administrators ask of a volume',
    description: 'The body has one key, the name of the action.',
    answer: null,
    refuses: ['notFound', 'conflict', 'tooLarge'],
    asksCompute: true,
    actions: Object.fromEntries(Object.keys(ACTIONS).map(described)),
  },
} satisfies Descriptions;
