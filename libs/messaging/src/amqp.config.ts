import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Max,
  Min,
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { addressFault, managementFault } from './amqp/amqp.address.js';

/** What is none is refused by another rule. */
const isUrlOf = (url: unknown, protocols: readonly string[]): boolean =>
  typeof url === 'string' && URL.canParse(url) && protocols.includes(new URL(url).protocol);

@ValidatorConstraint({ name: 'safeAddress' })
class IsSafeAddress implements ValidatorConstraintInterface {
  validate(url: unknown, { object }: ValidationArguments): boolean {
    return !isUrlOf(url, ['amqp:', 'amqps:']) || addressFault(object as AmqpConfig) === null;
  }
  defaultMessage({ object }: ValidationArguments): string {
    return addressFault(object as AmqpConfig) ?? '';
  }
}

@ValidatorConstraint({ name: 'safeManagement' })
class IsSafeManagement implements ValidatorConstraintInterface {
  validate(url: unknown, { object }: ValidationArguments): boolean {
    return !isUrlOf(url, ['http:', 'https:']) || managementFault(object as AmqpConfig) === null;
  }
  defaultMessage({ object }: ValidationArguments): string {
    return managementFault(object as AmqpConfig) ?? '';
  }
}

export class AmqpConfig {
  /** amqp:// or amqps:// URL of RabbitMQ, with user, password and virtual host; amqps:// is over TLS, and checks the broker's certificate and name. */
  @Validate(IsSafeAddress)
  @IsUrl({ protocols: ['amqp', 'amqps'], require_protocol: true, require_tld: false })
  readonly AMQP_URL: string;

  /** File with the password, where it is not in AMQP_URL. */
  @IsOptional() @IsString() readonly AMQP_PASSWORD_FILE?: string;
  /** PEM file with the CA that the broker's certificate is checked against, instead of the system's. */
  @IsOptional() @IsString() readonly AMQP_CA_FILE?: string;
  /** PEM file with the certificate that this process shows to the broker. */
  @IsOptional() @IsString() readonly AMQP_CERT_FILE?: string;
  /** PEM file with the key of AMQP_CERT_FILE. */
  @IsOptional() @IsString() readonly AMQP_KEY_FILE?: string;
  /** `yes` lets an amqp:// URL leave this machine. Loopback needs no leave. */
  @IsIn(['yes', 'no']) readonly AMQP_ALLOW_PLAIN: string = 'no';

  /** http:// or https:// URL of RabbitMQ's management API, for `mooring-admin doctor`, with a user if AMQP_URL's may not look: AMQP itself shows no policies. */
  @IsOptional()
  @Validate(IsSafeManagement)
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  readonly AMQP_MANAGEMENT_URL?: string;

  /** How many commands of one queue a worker carries out at the same time. */
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly PREFETCH: number = 32;
}
