import { EmbeddedConfig, SecretsConfig, TimesConfig } from '@app/attachments';
import { type Backend, BackendsConfig, parseBackends } from '@app/drivers';
import { identityConfig, type KeystoneConfig, NovaConfig } from '@app/openstack';
import { HealthConfig, loadConfig, LogConfig } from '@app/platform';
import { IsInt, Max, Min } from 'class-validator';
import { GatewayConfig, PolicyConfig } from '../../gateway/src/gateway.module.js';

export class StandaloneConfig {
  /** The port that standalone serves its volumes on, over NBD; 0 takes a free one and keeps it. Not used when BACKENDS is set. */
  @IsInt() @Min(0) @Max(65535) readonly NBD_PORT: number = 10809;
}

const ALWAYS = {
  gateway: GatewayConfig,
  embedded: EmbeddedConfig,
  standalone: StandaloneConfig,
  times: TimesConfig,
  health: HealthConfig,
  policy: PolicyConfig,
  nova: NovaConfig,
  log: LogConfig,
};

/** No load balancer needs time to notice that it ends. */
const NOBODY_BEFORE_IT = { DRAIN_DELAY_MS: '0' };

/** Standalone needs nothing said; of what it makes by itself, keys and a backend, it takes what is named instead. */
export function standaloneConfig(environment: NodeJS.ProcessEnv) {
  const { BACKENDS, SECRETS_KEY_FILE } = environment;
  const named = {
    ...(BACKENDS?.trim() && { backends: BackendsConfig }),
    ...(SECRETS_KEY_FILE?.trim() && { secrets: SecretsConfig }),
    ...identityConfig(environment),
  };
  const config: Loaded & Partial<Named> = loadConfig({ ...ALWAYS, ...named }, { ...NOBODY_BEFORE_IT, ...environment });
  return config;
}

type Loaded = { [Part in keyof typeof ALWAYS]: InstanceType<(typeof ALWAYS)[Part]> };
interface Named {
  backends: BackendsConfig;
  secrets: SecretsConfig;
  keystone: KeystoneConfig;
}

/** The backends that BACKENDS names, else one over sparse files in this folder. */
export function backendsOf({ backends, standalone }: Pick<Loaded & Partial<Named>, 'backends' | 'standalone'>, folder: string): Backend[] {
  if (backends) return parseBackends(backends.BACKENDS);
  return [{ name: 'local@nbd', pool: 'nbd', driver: 'nbd', options: { folder, port: standalone.NBD_PORT } }];
}
