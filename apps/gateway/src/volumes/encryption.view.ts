import type { EncryptionRecord, VolumeEncryption } from '@app/attachments';

type Specs = Pick<VolumeEncryption, 'provider' | 'controlLocation' | 'cipher' | 'keySize'>;

const specsOf = ({ provider, controlLocation, cipher, keySize }: Specs) => ({
  provider,
  control_location: controlLocation,
  cipher,
  key_size: keySize,
});

export const createdEncryption = (record: EncryptionRecord) => ({
  encryption: { volume_type_id: record.volumeTypeId, encryption_id: record.id, ...specsOf(record) },
});

/** Flat, and empty where there is none; what is deleted is not there any more, so these two never say anything else. */
export const typeEncryption = (record: EncryptionRecord | null): Record<string, unknown> =>
  record === null
    ? {}
    : {
        ...createdEncryption(record).encryption,
        created_at: record.createdAt,
        updated_at: record.updatedAt,
        deleted_at: null,
        deleted: false,
      };

export const volumeEncryption = (of: VolumeEncryption): Record<string, string | number | null> => ({
  encryption_key_id: of.encryptionKeyId,
  ...(of.provider !== null && specsOf(of)),
});
