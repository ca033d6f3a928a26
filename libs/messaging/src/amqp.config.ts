import { IsInt, IsUrl, Max, Min } from 'class-validator';

export class AmqpConfig {
  /** amqp:// or amqps:// URL of RabbitMQ, with user, password and virtual host. */
  @IsUrl({ protocols: ['amqp', 'amqps'], require_protocol: true, require_tld: false })
  readonly AMQP_URL: string;

  /** How many commands of one queue a worker carries out at the same time. */
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly PREFETCH: number = 32;
}
