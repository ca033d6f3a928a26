import type { Promised } from '@app/attachments';
import { annotate } from '@app/platform';

/** The promise as it is; from here on the log of the request says which operation it has made. */
export function noted<T extends Promised>(promised: T): T {
  const { operationId, volumeId, attachmentId } = promised;
  annotate({ operation_id: operationId, volume_id: volumeId, ...(attachmentId !== null && { attachment_id: attachmentId }) });
  return promised;
}
