import { IsIn, IsInt, IsOptional, IsUrl, Max, Min, MinLength, ValidateBy } from 'class-validator';
import { AreNetworks } from './edge/networks.js';

export class GatewayConfig {
  /** The address that the API listens on. */
  @MinLength(1) @IsLoopbackForNoauth() readonly HOST: string = '127.0.0.1';
  /** The port that the API listens on; 0 takes a free one. */
  @IsInt() @Min(0) @Max(65535) readonly PORT: number = 8776;
  /** How callers are known: `keystone` asks it about every token; `noauth` believes every token, for one machine and for trying it out. */
  @IsIn(['noauth', 'keystone']) readonly AUTH_STRATEGY: string = 'noauth';
  /** `yes` lets noauth listen beyond loopback, where everybody who reaches it is an administrator. */
  @IsIn(['yes', 'no']) readonly NOAUTH_ALLOW_REMOTE: string = 'no';
  /** How long a caller waits for a driver, in ms: a slow array needs tens of seconds. */
  @IsInt() @Min(1) @Max(86_400_000) readonly WAIT_LIMIT_MS: number = 50_000;
  /** How long callers may still wait once the process was told to end, in ms; every process ends within 20 s. */
  @IsInt() @Min(0) @Max(15_000) readonly DRAIN_MS: number = 15_000;
  /** How long the API goes on listening, not ready, once the process was told to end, in ms of DRAIN_MS: until load balancers have noticed. */
  @IsInt() @Min(0) @Max(15_000) readonly DRAIN_DELAY_MS: number = 1_000;
  /** How many requests are worked on at the same time, half of them for what begins something; more are refused with 503 or 504. About a dozen for each connection of DATABASE_POOL_SIZE. */
  @IsInt() @Min(2) readonly MAX_REQUESTS: number = 128;
  /** How many callers may wait for drivers at the same time; while they do, everything but reads is refused. */
  @IsInt() @Min(1) readonly MAX_WAITING: number = 1000;
  /** How many connections may be open at the same time; more are closed without an answer. */
  @IsInt() @Min(1) readonly MAX_CONNECTIONS: number = 4000;
  /** How many of them one address may have; more are closed without an answer. TRUSTED_PROXIES may have as many as there are. */
  @IsInt() @Min(1) readonly MAX_CONNECTIONS_PER_CLIENT: number = 1000;
  /** How many requests of one project may be under way at the same time, those that wait for drivers included; more are refused with 503 or 504. */
  @IsInt() @Min(1) readonly MAX_REQUESTS_PER_PROJECT: number = 500;
  /** The proxies before the API: what they say by X-Forwarded-… is believed, for links and for the client's address; of nobody else. */
  @IsOptional() @AreNetworks() readonly TRUSTED_PROXIES?: string;
  /** How long the request line and the headers of a request may take to arrive, in ms, from the connection on. */
  @IsInt() @Min(1) @Max(86_400_000) readonly HEADERS_TIMEOUT_MS: number = 10_000;
  /** How long a whole request may take to arrive, in ms; then it is refused with 408. */
  @IsInt() @Min(1) @Max(86_400_000) readonly REQUEST_TIMEOUT_MS: number = 30_000;
  /** How long a connection may rest between two requests, in ms; longer than load balancers keep theirs, so that they close first. */
  @IsInt() @Min(1) @Max(86_400_000) readonly KEEP_ALIVE_MS: number = 72_000;
  /** How long a call waits for a connection to the database, in ms; then it is refused. */
  @IsInt() @Min(1) @Max(86_400_000) readonly DATABASE_WAIT_MS: number = 2_000;
  /** Rows of the longest page; a higher limit in a request is cut to it. */
  @IsInt() @Min(1) readonly OSAPI_MAX_LIMIT: number = 1000;
  /** JSON file that says by what callers other than administrators may filter lists, `{"volume": ["name~", "status"]}`; without it, as with Cinder's. */
  @IsOptional() @MinLength(1) readonly RESOURCE_FILTERS_FILE?: string;
  /** Bytes of the longest request body; a longer one is refused with 413. */
  @IsInt() @Min(1) readonly MAX_REQUEST_BODY_SIZE: number = 114_688;
  /** What a project id in a URL looks like; a path with any other one has no route. */
  @MinLength(1) @IsRegex() readonly PROJECT_ID_REGEX: string = '[0-9a-f\\-]+';
  /** Name or id of the type that a volume has when none was asked for; without it, such volumes have none. */
  @IsOptional() @MinLength(1) readonly DEFAULT_VOLUME_TYPE?: string;
  /** The largest volume that may be made, in GiB; without it, as large as one likes. A type may say less: `provisioning:max_vol_size`. */
  @IsOptional() @IsInt() @Min(1) readonly MAX_VOLUME_SIZE_GB?: number;
  /** Where keys of encrypted volumes come from: `fixed` is the one key that compute has in `[key_manager] fixed_key`; with `none` no volume of an encrypted type is made. */
  @IsIn(['none', 'fixed']) readonly KEY_MANAGER: string = 'none';
  /** The URL that links in answers begin with; what the request came by when it is absent. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true })
  readonly PUBLIC_ENDPOINT?: string;
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/** Whoever reaches noauth is an administrator, so it takes a second word to listen where others can reach it. */
function IsLoopbackForNoauth(): PropertyDecorator {
  return ValidateBy({
    name: 'isLoopbackForNoauth',
    validator: {
      validate: (host, args) => {
        const { AUTH_STRATEGY, NOAUTH_ALLOW_REMOTE } = args?.object as GatewayConfig;
        return AUTH_STRATEGY !== 'noauth' || NOAUTH_ALLOW_REMOTE === 'yes' || LOOPBACK.test(String(host));
      },
      defaultMessage: (args) =>
        `HOST is ${String(args?.value)}, but AUTH_STRATEGY=noauth makes everybody an administrator and listens on loopback only, ` +
        'unless NOAUTH_ALLOW_REMOTE=yes.',
    },
  });
}

function IsRegex(): PropertyDecorator {
  return ValidateBy({
    name: 'isRegex',
    validator: {
      validate: (text) => isRegex(String(text)),
      defaultMessage: (args) => `PROJECT_ID_REGEX is ${JSON.stringify(args?.value)}, but must be a regular expression.`,
    },
  });
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
