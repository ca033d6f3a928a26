import { leavesPlainly } from '@app/domain';
import { IsIn, IsInt, IsOptional, IsString, IsUrl, Max, Min, MinLength, ValidateBy, ValidateIf } from 'class-validator';

/** How this service proves itself to Keystone, and how it asks about others' tokens. Read where AUTH_STRATEGY is `keystone`. */
export class KeystoneConfig {
  /** URL of Keystone, with or without `/v3`; several, with commas between, are asked in turn. */
  @IsHttpUrls() @IsCovered() readonly OS_AUTH_URL: string;
  /** `yes` lets tokens and the service's password leave this machine without TLS, by an OS_AUTH_URL of http, where the network is trusted. */
  @IsIn(['yes', 'no']) readonly KEYSTONE_ALLOW_PLAIN: string = 'no';
  /** The service's user. Not needed with an application credential. */
  @IsForPassword() @IsGiven('set it, or OS_APPLICATION_CREDENTIAL_ID in its place') @MinLength(1) readonly OS_USERNAME?: string;
  /** The password of OS_USERNAME. Not needed with OS_PASSWORD_FILE, or with an application credential. */
  @IsForPasswordItself()
  @IsGiven('set it, or OS_PASSWORD_FILE, or OS_APPLICATION_CREDENTIAL_ID in their place')
  @MinLength(1)
  readonly OS_PASSWORD?: string;
  /** File with the password of OS_USERNAME, so that it is in no environment; read anew each time that the service asks for a token. */
  @IsOptional() @MinLength(1) readonly OS_PASSWORD_FILE?: string;
  /** The project that the service's user works in, `service` by custom. Not needed with an application credential. */
  @IsForPassword() @IsGiven('set it, or OS_APPLICATION_CREDENTIAL_ID in its place') @MinLength(1) readonly OS_PROJECT_NAME?: string;
  /** The domain of OS_USERNAME. */
  @MinLength(1) readonly OS_USER_DOMAIN_NAME: string = 'Default';
  /** The domain of OS_PROJECT_NAME. */
  @MinLength(1) readonly OS_PROJECT_DOMAIN_NAME: string = 'Default';
  /** Id of an application credential of the service's user, in place of its password. */
  @IsOptional() @MinLength(1) readonly OS_APPLICATION_CREDENTIAL_ID?: string;
  /** The secret of OS_APPLICATION_CREDENTIAL_ID. Needed with that, unless a file holds it. */
  @IsForCredentialItself()
  @IsGiven('set it, or OS_APPLICATION_CREDENTIAL_SECRET_FILE')
  @MinLength(1)
  readonly OS_APPLICATION_CREDENTIAL_SECRET?: string;
  /** File with the secret of OS_APPLICATION_CREDENTIAL_ID; read as OS_PASSWORD_FILE is. */
  @IsOptional() @MinLength(1) readonly OS_APPLICATION_CREDENTIAL_SECRET_FILE?: string;
  /** The region whose endpoints of other services are used; the first in the catalog when it is absent. */
  @IsOptional() @MinLength(1) readonly OS_REGION_NAME?: string;
  /** PEM file with the CA that certificates of Keystone and compute are checked against, instead of the system's. */
  @IsOptional() @IsString() readonly OS_CACERT?: string;
  /** The URL that a caller without a valid token is told to authenticate at; the first of OS_AUTH_URL when it is absent. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true })
  readonly WWW_AUTHENTICATE_URI?: string;
  /** Roles, with commas between, of which a service token must have one. */
  @AreNames() readonly SERVICE_TOKEN_ROLES: string = 'service';
  /** How long one URL of Keystone has for an answer, in ms. */
  @IsInt() @Min(1) @Max(60_000) readonly KEYSTONE_TIMEOUT_MS: number = 5_000;
  /** How often a question is asked again, at the next URL, when there was no answer, a 5xx, or one that is not Keystone's. */
  @IsInt() @Min(0) @Max(10) readonly KEYSTONE_RETRIES: number = 3;
  /** How long what Keystone said of a token is believed, in seconds: so long may a revoked token still be good. */
  @IsInt() @Min(0) @Max(300) readonly TOKEN_CACHE_SECONDS: number = 300;
  /** Of how many tokens it is kept; the one that was not used for the longest goes first. */
  @IsInt() @Min(1) readonly TOKEN_CACHE_SIZE: number = 10_000;
}

/** What a process reads beside its own, where callers are known by Keystone. */
export const identityConfig = ({
  AUTH_STRATEGY,
}: Readonly<Record<string, string | undefined>>): { keystone: typeof KeystoneConfig } | object =>
  AUTH_STRATEGY?.trim() === 'keystone' ? { keystone: KeystoneConfig } : {};

function hasCredential(config: unknown): boolean {
  return (config as KeystoneConfig).OS_APPLICATION_CREDENTIAL_ID !== undefined;
}

function IsGiven(how: string): PropertyDecorator {
  return ValidateBy({
    name: 'isGiven',
    validator: {
      validate: (value) => typeof value === 'string' && value !== '',
      defaultMessage: (args) => `${args?.property} is not set: ${how}.`,
    },
  });
}

function IsForPassword(): PropertyDecorator {
  return ValidateIf((config) => !hasCredential(config));
}

function IsForPasswordItself(): PropertyDecorator {
  return ValidateIf((config: KeystoneConfig) => !hasCredential(config) && config.OS_PASSWORD_FILE === undefined);
}

function IsForCredentialItself(): PropertyDecorator {
  return ValidateIf((config: KeystoneConfig) => hasCredential(config) && config.OS_APPLICATION_CREDENTIAL_SECRET_FILE === undefined);
}

/** One at least: with none no service token would ever be good. */
function AreNames(): PropertyDecorator {
  return ValidateBy({
    name: 'areNames',
    validator: {
      validate: (list) => /[^,\s]/.test(String(list)),
      defaultMessage: (args) => `${args?.property} is ${JSON.stringify(args?.value)}, but must be names divided by commas.`,
    },
  });
}

/** Without a user in it: callers are told it. */
const HTTP_URL = /^https?:\/\/[^\s@]+$/i;

const urlsIn = (list: string): string[] => list.split(',').map((url) => url.trim());

function areHttpUrls(list: unknown): list is string {
  return typeof list === 'string' && urlsIn(list).every((url) => HTTP_URL.test(url) && URL.canParse(url));
}

function IsHttpUrls(): PropertyDecorator {
  return ValidateBy({
    name: 'isHttpUrls',
    validator: {
      validate: (value) => areHttpUrls(value),
      defaultMessage: (args) =>
        args?.value === undefined
          ? 'OS_AUTH_URL is not set, but must be the URL of Keystone.'
          : `OS_AUTH_URL is ${JSON.stringify(args.value).replace(/^"(https?:\/\/)?.*@/i, '"$1***@')}, but must be a URL of http or https without a user in it, or several with commas between.`,
    },
  });
}

/** What begins with http goes where everybody on the way can read it. */
function IsCovered(): PropertyDecorator {
  return ValidateBy({
    name: 'isCovered',
    validator: {
      validate: (value, args) => {
        if (!areHttpUrls(value)) return true; // said already
        return (args?.object as KeystoneConfig).KEYSTONE_ALLOW_PLAIN === 'yes' || !urlsIn(value).some(leavesPlainly);
      },
      defaultMessage: () =>
        "OS_AUTH_URL leaves this machine without TLS, and with it the service's password and every token: let it begin with https, or say " +
        'KEYSTONE_ALLOW_PLAIN=yes where the network is trusted.',
    },
  });
}
