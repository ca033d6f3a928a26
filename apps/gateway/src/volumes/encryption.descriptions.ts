import type { EncryptionRecord } from '@app/attachments';
import type { Descriptions } from '../openapi/describes.js';
import { requestSchema } from '../openapi/request-schema.js';
import { COUNT, FLAG, ID, NOTHING, objectOf, orNull, type Schema, TEXT, TIME } from '../openapi/schema.js';
import { UpdateEncryption } from './encryption.requests.js';
import { createdEncryption, typeEncryption, volumeEncryption } from './encryption.view.js';

const EXAMPLE: EncryptionRecord = {
  id: '81e069c6-7394-4856-8df7-3b237ca61f74',
  volumeTypeId: '2b4f2f2e-6f0e-4a59-b2f5-1f6a6f3f9f5e',
  provider: 'luks',
  controlLocation: 'front-end',
  cipher: 'aes-xts-plain64',
  keySize: 256,
  createdAt: '2026-11-23T15:04:37.425254',
  updatedAt: null,
};

const SPECS = { provider: TEXT, control_location: { enum: ['front-end', 'back-end'] }, cipher: orNull(TEXT), key_size: orNull(COUNT) };
const NAMED = { volume_type_id: ID, encryption_id: ID, ...SPECS };
const TIMES = { created_at: TIME, updated_at: orNull(TIME), deleted_at: NOTHING, deleted: FLAG };

/** All of it, or nothing at all. */
const OF_TYPE: Schema = { anyOf: [objectOf('TypeEncryption', { ...NAMED, ...TIMES }), { type: 'object', maxProperties: 0 }] };
const ONE_VALUE: Schema = {
  type: 'object',
  additionalProperties: { type: ['string', 'integer', 'boolean', 'null'] },
  minProperties: 1,
  maxProperties: 1,
};
const CHANGE = { encryption: { key_size: 512 } };

export const TYPE_ENCRYPTION_ROUTES = {
  list: {
    summary: 'Show how the volumes of a type are encrypted (administrators)',
    answer: { schema: OF_TYPE, example: typeEncryption(EXAMPLE) },
    refuses: ['notFound'],
  },
  show: {
    summary: 'Show one fact of the encryption of a type (administrators)',
    answer: { schema: ONE_VALUE, example: { cipher: EXAMPLE.cipher } },
    refuses: ['notFound'],
  },
  create: {
    summary: 'Say how the volumes of a type are encrypted (administrators)',
    request: { example: { encryption: { provider: 'luks', control_location: 'front-end', cipher: 'aes-xts-plain64', key_size: 256 } } },
    answer: { schema: objectOf(null, { encryption: objectOf('NewEncryption', NAMED) }), example: createdEncryption(EXAMPLE) },
    refuses: ['notFound'],
  },
  update: {
    summary: 'Change how the volumes of a type are encrypted (administrators)',
    description: 'The answer is what was sent.',
    request: { example: CHANGE },
    answer: { schema: requestSchema(UpdateEncryption), example: CHANGE },
    refuses: ['notFound'],
  },
  remove: { summary: 'Delete the encryption of a type (administrators)', answer: null, refuses: ['notFound'] },
} as const satisfies Descriptions;

const KEY_ID = 'e1c1c0f2-9c52-4d53-a2b0-9f5c4fb0f1de';
const { provider, controlLocation, cipher, keySize } = EXAMPLE;

export const VOLUME_ENCRYPTION_ROUTES = {
  list: {
    summary: 'Show how a volume is encrypted',
    description: 'The id of its key, null without one; the rest where its type says how.',
    answer: {
      schema: objectOf('VolumeEncryption', { encryption_key_id: orNull(ID), ...SPECS }, Object.keys(SPECS)),
      example: volumeEncryption({ encryptionKeyId: KEY_ID, provider, controlLocation, cipher, keySize }),
    },
    refuses: ['notFound'],
  },
  show: {
    summary: 'Show one fact of the encryption of a volume',
    description: 'The bare value; empty where it is null.',
    answer: { schema: TEXT, example: KEY_ID, isText: true },
    refuses: ['notFound'],
  },
} as const satisfies Descriptions;
