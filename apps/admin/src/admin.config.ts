import { DatabaseConfig, EmbeddedConfig, TimesConfig } from '@app/attachments';
import { AmqpConfig } from '@app/messaging';
import { loadConfig } from '@app/platform';

const ALWAYS = { embedded: EmbeddedConfig, times: TimesConfig };

/** DATABASE_URL and AMQP_URL are taken where they are set; without the first the folder of a standalone is meant. @throws ConfigError */
export function adminConfig(environment: NodeJS.ProcessEnv): AdminConfig {
  const { DATABASE_URL, AMQP_URL, SECRETS_KEY_FILE } = environment;
  const named = { ...(DATABASE_URL?.trim() && { database: DatabaseConfig }), ...(AMQP_URL?.trim() && { amqp: AmqpConfig }) };
  return { ...loadConfig({ ...ALWAYS, ...named }, environment), keyFile: SECRETS_KEY_FILE?.trim() || null };
}

export interface AdminConfig {
  embedded: EmbeddedConfig;
  times: TimesConfig;
  database?: DatabaseConfig;
  amqp?: AmqpConfig;
  /** Read by the commands that need it and by no other: whoever may not read the keys may use the rest. */
  keyFile: string | null;
}
