import { FIXED_KEY_ID, type NewVolumeRules } from '@app/domain';
import type { GatewayConfig } from '../gateway.config.js';

export const newVolumeRules = ({ DEFAULT_VOLUME_TYPE, MAX_VOLUME_SIZE_GB, KEY_MANAGER }: GatewayConfig): NewVolumeRules => ({
  defaultType: DEFAULT_VOLUME_TYPE ?? null,
  largest: MAX_VOLUME_SIZE_GB ?? null,
  sharedKeyId: KEY_MANAGER === 'fixed' ? FIXED_KEY_ID : null,
});
