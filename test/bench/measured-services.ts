import { pssMb, cpuMs, livingProcesses } from './process-group';

export const SERVICES = ['gateway', 'worker', 'broker', 'database'] as const;
export type Service = (typeof SERVICES)[number];
export type PerService = Record<Service, number>;

/** The first processes of each; all that descends from them is theirs. */
export type Roots = Record<Service, readonly number[]>;

export const perService = (figure: (service: Service) => number): PerService =>
  Object.fromEntries(SERVICES.map((service) => [service, figure(service)])) as PerService;

export function cpuOf(roots: Roots): PerService {
  const processes = livingProcesses();
  return perService((service) => cpuMs(roots[service], processes));
}

export interface Memory {
  /** Highest sample of the sum, in MB. */
  gatewayAndWorker: number;
  all: number;
}

/** Looks once a second, until it is told to stop. */
export class MemorySampler {
  private readonly highest: Memory = { gatewayAndWorker: 0, all: 0 };
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly roots: Roots) {
    this.timer = setInterval(() => this.sample(), 1_000);
    this.sample();
  }

  stop(): Memory {
    clearInterval(this.timer);
    this.sample();
    return this.highest;
  }

  private sample(): void {
    const processes = livingProcesses();
    const { gateway, worker, broker, database } = perService((service) => pssMb(this.roots[service], processes));
    this.highest.gatewayAndWorker = Math.max(this.highest.gatewayAndWorker, gateway + worker);
    this.highest.all = Math.max(this.highest.all, gateway + worker + broker + database);
  }
}
