import { leavesPlainly } from '@app/domain';
import { IsIn, IsInt, IsOptional, IsUrl, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { type Endpoint, urlIn } from './catalog.js';
import type { KeystoneConfig } from './keystone.config.js';

/** How compute is found, which is asked before somebody but a service ends a connection that an instance may use. */
export class NovaConfig {
  /** Where compute is asked: `catalog`, at the endpoint in the caller's token; `url`, at NOVA_URL; `off`, nowhere: callers may then detach what an instance uses. Without it `catalog` with Keystone, and `off` with noauth. */
  @IsOptional() @IsIn(['catalog', 'url', 'off']) readonly NOVA_GUARD?: string;
  /** URL of the compute API with its version, `https://nova.example:8774/v2.1`. Needed with NOVA_GUARD `url` alone. */
  @IsForUrl()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true })
  @IsCoveredUrl()
  readonly NOVA_URL?: string;
  /** `yes` lets users' tokens leave this machine without TLS, by a NOVA_URL of http, where the network is trusted. What a catalog says is taken as it is. */
  @IsIn(['yes', 'no']) readonly NOVA_ALLOW_PLAIN: string = 'no';
  /** Which of compute's endpoints in a catalog is used. */
  @IsIn(['public', 'internal', 'admin']) readonly NOVA_INTERFACE: string = 'public';
  /** How long compute has for an answer, in ms; then the caller hears 500 and nothing is detached. */
  @IsInt() @Min(1) @Max(60_000) readonly NOVA_TIMEOUT_MS: number = 10_000;
}

export type NovaGuardMode = 'catalog' | 'url' | 'off';

export const guardMode = ({ NOVA_GUARD }: NovaConfig, keystone: KeystoneConfig | undefined): NovaGuardMode =>
  (NOVA_GUARD as NovaGuardMode | undefined) ?? (keystone ? 'catalog' : 'off');

/** Where compute is, for the holder of a token with these endpoints. @throws Error where it is in no catalog */
export function novaUrl(config: NovaConfig, keystone: KeystoneConfig | undefined, endpoints: readonly Endpoint[]): string {
  const isNamed = guardMode(config, keystone) === 'url';
  const url = isNamed ? config.NOVA_URL : urlIn(endpoints, config.NOVA_INTERFACE, keystone?.OS_REGION_NAME);
  if (!url) throw new Error("no compute in the token's catalog, by NOVA_INTERFACE and OS_REGION_NAME");
  return url;
}

function IsCoveredUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'isCoveredUrl',
    validator: {
      validate: (url, args) => {
        const { NOVA_ALLOW_PLAIN } = args?.object as NovaConfig;
        return typeof url !== 'string' || NOVA_ALLOW_PLAIN === 'yes' || !leavesPlainly(url);
      },
      defaultMessage: () =>
        "NOVA_URL leaves this machine without TLS, and with it users' tokens: let it begin with https, or say NOVA_ALLOW_PLAIN=yes where the " +
        'network is trusted.',
    },
  });
}

function IsForUrl(): PropertyDecorator {
  return ValidateIf(({ NOVA_GUARD, NOVA_URL }: NovaConfig) => NOVA_GUARD === 'url' || NOVA_URL !== undefined);
}
