import type { VolumeTotals } from '@app/attachments';

/** There are no quotas. */
export const NO_QUOTAS = {
  maxTotalVolumes: -1,
  maxTotalVolumeGigabytes: -1,
  maxTotalSnapshots: -1,
  maxTotalBackups: -1,
  maxTotalBackupGigabytes: -1,
} as const;

/** There are neither snapshots nor backups. */
export const NOT_HERE = { totalSnapshotsUsed: 0, totalBackupsUsed: 0, totalBackupGigabytesUsed: 0 } as const;

/** spec: volumes-surface §8. Without totals the use is not told. */
export const limitsView = (totals: VolumeTotals | null) => ({
  limits: { rate: [], absolute: { ...NO_QUOTAS, ...(totals && used(totals)) } },
});

const used = ({ volumes, gigabytes }: VolumeTotals) => ({ totalVolumesUsed: volumes, totalGigabytesUsed: gigabytes, ...NOT_HERE });
