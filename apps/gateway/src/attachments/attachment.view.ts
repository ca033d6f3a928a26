import type { AttachmentRecord } from '@app/attachments';
import { withoutSecrets } from '@app/domain';
import type { May } from '../policy/policy.parts.js';

/** spec: attachments-api §2.1 */
export const attachmentSummary = ({ id, attachStatus, instanceUuid, volumeId }: AttachmentRecord) => ({
  id,
  status: attachStatus,
  instance: instanceUuid,
  volume_id: volumeId,
});

/** spec: attachments-api §2.2. Carries secrets: never logged. Written out, since copying the summary's members costs a long page a quarter of its time. */
const attachmentDetail = (attachment: AttachmentRecord, may: May) => ({
  id: attachment.id,
  status: attachment.attachStatus,
  instance: attachment.instanceUuid,
  volume_id: attachment.volumeId,
  attached_at: attachment.attachTime ?? '',
  detached_at: attachment.detachTime ?? '',
  attach_mode: attachment.attachMode,
  connection_info: may('volume:attachment_secrets', { projectId: attachment.projectId })
    ? attachment.connectionInfo
    : withoutSecrets(attachment.connectionInfo),
});

export const attachmentView = (attachment: AttachmentRecord, may: May) => ({
  attachment: attachmentDetail(attachment, may),
});
export const attachmentSummaries = (attachments: AttachmentRecord[]) => ({ attachments: attachments.map(attachmentSummary) });
export const attachmentDetails = (attachments: AttachmentRecord[], may: May) => ({
  attachments: attachments.map((attachment) => attachmentDetail(attachment, may)),
});
