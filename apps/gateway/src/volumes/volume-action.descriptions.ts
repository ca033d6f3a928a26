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
  'os-reserve': { summary: 'Set it aside for an attach', example: null },
  'os-unreserve': { summary: 'Take that back', example: null },
  'os-begin_detaching': { summary: 'Tell that a detach begins', example: null },
  'os-roll_detaching': { summary: 'Tell that it will not be', example: null },
  'os-attach': {
    summary: 'Record an attachment without a connector',
    example: { instance_uuid: INSTANCE, mountpoint: '/dev/vdb' },
  },
  'os-detach': { summary: 'Delete it', example: { attachment_id: ATTACHMENT } },
  'os-initialize_connection': {
    summary: 'Connect without an attachment',
    example: { connector: CONNECTOR },
    answer: CONNECTION,
  },
  'os-terminate_connection': { summary: 'End that', example: { connector: CONNECTOR } },
  'os-force_detach': {
    summary: 'Detach whatever its state (administrators)',
    example: { attachment_id: ATTACHMENT, connector: CONNECTOR },
  },
  'os-reset_status': { summary: 'Say what it is (administrators)', example: { status: 'available' } },
  'os-force_delete': { summary: 'Delete it whatever its state (administrators)', example: null },
  'os-migrate_volume_completion': {
    summary: 'Move its attachments to another volume (administrators)',
    example: { new_volume: SAVED.example.save_volume_id },
    answer: SAVED,
  },
  'os-extend': { summary: 'Make it larger', example: { new_size: 2 } },
  'os-set_bootable': { summary: 'Say whether it can be booted from', example: { bootable: true } },
  'os-update_readonly_flag': {
    summary: 'Say whether it is attached for reading alone',
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
    refuses: ['forbidden', 'notFound', 'conflict', 'tooLarge'],
    actions: Object.fromEntries(Object.keys(ACTIONS).map(described)),
  },
} satisfies Descriptions;
