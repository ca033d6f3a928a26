import { IsIn, IsInt, IsOptional, IsUrl, Max, Min, ValidateIf } from 'class-validator';

/** How compute is found, which is asked before somebody but a service ends a connection that an instance may use. */
export class NovaConfig {
  /** Where compute is asked: `catalog`, at the endpoint in the caller's token; `url`, at NOVA_URL; `off`, nowhere: callers may then detach what an instance uses. Without it `catalog` with Keystone, and `off` with noauth. */
  @IsOptional() @IsIn(['catalog', 'url', 'off']) readonly NOVA_GUARD?: string;
  /** URL of the compute API with its version, `http://nova:8774/v2.1`. Needed with NOVA_GUARD `url` alone. */
  @IsForUrl()
  @IsUrl({ protocols: ['http', 'https'], require_tld: false })
  readonly NOVA_URL?: string;
  /** Which of compute's endpoints in a catalog is used. */
  @IsIn(['public', 'internal', 'admin']) readonly NOVA_INTERFACE: string = 'public';
  /** How long compute has for an answer, in ms; then the caller hears 500 and nothing is detached. */
  @IsInt() @Min(1) @Max(60_000) readonly NOVA_TIMEOUT_MS: number = 10_000;
}

function IsForUrl(): PropertyDecorator {
  return ValidateIf(({ NOVA_GUARD, NOVA_URL }: NovaConfig) => NOVA_GUARD === 'url' || NOVA_URL !== undefined);
}
