import type { VolumeTraits } from '@app/domain';
import type { Backend } from './backends.config.js';
import { driverKind } from './driver-table.js';
import type { VolumeDriver } from './volume-driver.js';

/** The drivers of the backends that this process serves, all of them open. */
export class DriverRegistry {
  private constructor(
    readonly backends: readonly Backend[],
    private readonly drivers: ReadonlyMap<string, VolumeDriver>,
  ) {}

  /** Opens all or none. @throws Error naming every backend that cannot be served, and why. */
  static async open(backends: readonly Backend[]): Promise<DriverRegistry> {
    const drivers = new Map<string, VolumeDriver>();
    const faults: string[] = [];
    for (const backend of backends) {
      try {
        drivers.set(backend.name, await openDriver(backend));
      } catch (error) {
        faults.push(`backend ${backend.name}: ${(error as Error).message}`);
      }
    }
    const registry = new DriverRegistry(backends, drivers);
    if (faults.length === 0) return registry;
    await registry.close();
    throw new Error(faults.join('\n'));
  }

  /** @throws Error for a backend that this process does not serve: its work is not meant to come here. */
  for(backendName: string): VolumeDriver {
    const driver = this.drivers.get(backendName);
    if (!driver) throw new Error(`this process does not serve backend ${backendName}, only ${[...this.drivers.keys()].join(', ')}`);
    return driver;
  }

  /** What the operator says of the backend's volumes. */
  traitsOf(backendName: string): VolumeTraits {
    return this.backends.find(({ name }) => name === backendName) ?? {};
  }

  /** Closes every driver, also when one of them fails to. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.drivers.values()].map((driver) => driver.close()));
  }
}

async function openDriver(backend: Backend): Promise<VolumeDriver> {
  const kind = driverKind(backend.driver);
  if (!kind) throw new Error(`there is no driver ${backend.driver}`);
  const driver = kind.make(backend.options);
  await driver.open();
  return driver;
}
