import {
  IsIn,
  IsInt,
  IsOptional,
  IsPositive,
  IsString,
  IsUrl,
  Max,
  Min,
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { linkFault, type LinkConfig } from './postgres-link.js';
import { keyFileFault } from './sealing.js';

/** The file is read here, so that what is wrong with it is told together with all other faults of the configuration. */
@ValidatorConstraint({ name: 'keyFile' })
class IsKeyFile implements ValidatorConstraintInterface {
  validate(path: unknown): boolean {
    return typeof path === 'string' && keyFileFault(path) === null;
  }
  defaultMessage({ value }: ValidationArguments): string {
    if (typeof value !== 'string') return 'SECRETS_KEY_FILE is not set, but must be the path of a file with a key of 32 bytes in base64.';
    return keyFileFault(value) ?? '';
  }
}

@ValidatorConstraint({ name: 'safeLink' })
class IsSafeLink implements ValidatorConstraintInterface {
  validate(url: unknown, { object }: ValidationArguments): boolean {
    return typeof url !== 'string' || !URL.canParse(url) || linkFault(object as LinkConfig) === null;
  }
  defaultMessage({ object }: ValidationArguments): string {
    return linkFault(object as LinkConfig) ?? '';
  }
}

export class DatabaseConfig {
  /** URL of the PostgreSQL database, version 15 or later; with `?sslmode=verify-full` over TLS. Only `standalone` does without: it keeps an embedded one in DATA_DIR. */
  @Validate(IsSafeLink)
  @IsUrl({ protocols: ['postgres', 'postgresql'], require_tld: false, require_protocol: true })
  readonly DATABASE_URL: string;

  /** File with the password, where it is not in DATABASE_URL. */
  @IsOptional() @IsString() readonly DATABASE_PASSWORD_FILE?: string;
  /** PEM file with the CA that the database's certificate is checked against, instead of the system's; where it is set, TLS is used and checked in full. */
  @IsOptional() @IsString() readonly DATABASE_CA_FILE?: string;
  /** PEM file with the certificate that this process shows to the database. */
  @IsOptional() @IsString() readonly DATABASE_CERT_FILE?: string;
  /** PEM file with the key of DATABASE_CERT_FILE. */
  @IsOptional() @IsString() readonly DATABASE_KEY_FILE?: string;
  /** `yes` lets a URL without TLS leave this machine. Loopback and unix sockets need no leave. */
  @IsIn(['yes', 'no']) readonly DATABASE_ALLOW_PLAIN: string = 'no';

  /** How many connections to PostgreSQL a process holds at most; a migration takes two. */
  @IsInt()
  @Min(2)
  @Max(1000)
  readonly DATABASE_POOL_SIZE: number = 10;
}

export class SecretsConfig {
  /** File with the keys that seal credentials in the database: 32 bytes in base64 a line, mode 0600 or stricter; the first line seals, all of them open. */
  @Validate(IsKeyFile)
  readonly SECRETS_KEY_FILE: string;
}

export class TimesConfig {
  /** How long a worker's claim on an operation lasts without being renewed, in ms; it is renewed three times as often. */
  @IsInt()
  @IsPositive()
  @Max(86_400_000)
  readonly LEASE_MS: number = 15_000;

  /** How long an attach is tried again while its backend does not answer, in ms; then it is undone. */
  @IsInt()
  @IsPositive()
  @Max(86_400_000)
  readonly ATTACH_WINDOW_MS: number = 40_000;

  /** The first pause before an operation is tried again, in ms; it doubles with each attempt. */
  @IsInt()
  @IsPositive()
  @Max(86_400_000)
  readonly BACKOFF_MS: number = 1_000;

  /** The longest pause before an operation is tried again, in ms. */
  @IsInt()
  @IsPositive()
  @Max(86_400_000)
  readonly BACKOFF_LIMIT_MS: number = 60_000;

  /** How long one driver call may take, in ms; then its outcome is unknown. */
  @IsInt()
  @IsPositive()
  @Max(86_400_000)
  readonly DRIVER_TIMEOUT_MS: number = 120_000;

  /** A backend that no worker has served for so long, in ms, is answered 500 at once. */
  @IsInt()
  @IsPositive()
  @Max(86_400_000)
  readonly BACKEND_LOST_MS: number = 60_000;

  /** How often a worker looks for operations that nobody works on, in ms. */
  @IsInt()
  @IsPositive()
  @Max(86_400_000)
  readonly SWEEP_INTERVAL_MS: number = 1_000;

  /** How often a worker looks for rows that are old enough to go, in ms: half to one and a half times as long, so that workers do not meet. */
  @IsInt()
  @IsPositive()
  @Max(86_400_000)
  readonly PRUNE_INTERVAL_MS: number = 300_000;

  /** How many days an operation that has ended is kept; 0 keeps all of them. */
  @IsInt()
  @Min(0)
  @Max(36_500)
  readonly PRUNE_OPERATIONS_AFTER_DAYS: number = 14;

  /** How many days the rows of deleted attachments, volumes and volume types are kept, and as long as an operation names them; 0 keeps all of them. */
  @IsInt()
  @Min(0)
  @Max(36_500)
  readonly PRUNE_DELETED_AFTER_DAYS: number = 30;
}

/** What the embedded database does without. */
export class EmbeddedConfig {
  /** Folder of the embedded database, its key and its volumes. One process holds it at a time. */
  @IsOptional()
  @IsString()
  readonly DATA_DIR: string = '.data';
}
