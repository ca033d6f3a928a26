import { AmqpConfig } from '@app/messaging';
import { identityConfig, type KeystoneConfig, NovaConfig } from '@app/openstack';
import { ConfigError, loadConfig } from '@app/platform';
import { IsIn } from 'class-validator';
import { adminConfig, type AdminConfig } from '../admin.config.js';

/** What a gateway is configured by, part by part: one that is wrong is absent and not looked at, and hinders no look at the others. */
export interface DoctorConfig {
  /** What every command reads, but the broker. */
  store?: AdminConfig;
  /** Absent, too, where AMQP_URL is not set. */
  amqp?: AmqpConfig;
  nova?: NovaConfig;
  /** With Keystone, where callers are known by it. */
  identity?: { keystone?: KeystoneConfig };
  /** All that is wrong with any of them, a sentence each. */
  faults: readonly string[];
}

export function doctorConfig(environment: NodeJS.ProcessEnv): DoctorConfig {
  const faults: string[] = [];
  const part = <Part>(load: () => Part): Part | undefined => {
    try {
      return load();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  };
  const broker = (given: NodeJS.ProcessEnv) => part(() => loadConfig({ amqp: AmqpConfig }, given).amqp);
  const { AMQP_URL } = environment;
  return {
    store: part(() => adminConfig({ ...environment, AMQP_URL: undefined })),
    // A wrong URL of the management API keeps from its policies alone.
    amqp: AMQP_URL?.trim() ? (broker(environment) ?? broker({ ...environment, AMQP_MANAGEMENT_URL: undefined })) : undefined,
    nova: part(() => loadConfig({ nova: NovaConfig }, environment).nova),
    identity: part(() => loadConfig({ choice: IdentityChoice, ...identityConfig(environment) }, environment)),
    faults: [...new Set(faults)],
  };
}

/** As a gateway has it: another word would be taken for noauth. */
class IdentityChoice {
  @IsIn(['noauth', 'keystone']) readonly AUTH_STRATEGY: string = 'noauth';
}
