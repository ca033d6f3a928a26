import { KeystoneConfig, NovaConfig } from '@app/openstack';
import { loadConfig } from '@app/platform';

/** What the gateway is configured by, beside what every command reads. Null: callers are not known by Keystone. */
export interface DoctorConfig {
  nova: NovaConfig;
  keystone: KeystoneConfig | null;
}

/** @throws ConfigError */
export function doctorConfig(environment: NodeJS.ProcessEnv): DoctorConfig {
  if (environment.AUTH_STRATEGY?.trim() !== 'keystone') return { ...loadConfig({ nova: NovaConfig }, environment), keystone: null };
  return loadConfig({ nova: NovaConfig, keystone: KeystoneConfig }, environment);
}
