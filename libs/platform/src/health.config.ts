import { IsInt, IsOptional, IsString, Max, Min, MinLength } from 'class-validator';

export class HealthConfig {
  /** A port of its own for `/livez`, `/readyz` and `/healthcheck`, for container and Kubernetes probes; 0 takes a free one. The gateway answers them on its API port too. */
  @IsOptional() @IsInt() @Min(0) @Max(65535) readonly HEALTH_PORT?: number;
  /** The address that HEALTH_PORT is on. Probes from outside of a container need another one than loopback. */
  @MinLength(1) readonly HEALTH_HOST: string = '127.0.0.1';
  /** While this file exists the process is not ready: to take it out of a load balancer by hand. */
  @IsOptional() @IsString() readonly HEALTHCHECK_DISABLE_FILE?: string;
}
