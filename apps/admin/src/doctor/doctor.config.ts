import { identityConfig, type KeystoneConfig, NovaConfig } from '@app/openstack';
import { loadConfig } from '@app/platform';

/** What the gateway is configured by, beside what every command reads. */
export interface DoctorConfig {
  nova: NovaConfig;
  /** Where callers are known by it. */
  keystone?: KeystoneConfig;
}

/** @throws ConfigError */
export function doctorConfig(environment: NodeJS.ProcessEnv): DoctorConfig {
  return loadConfig({ nova: NovaConfig, ...identityConfig(environment) }, environment);
}
