import { FAKE_OPTIONS } from './fake/fake-options.js';
import { FakeDriver } from './fake/fake.driver.js';
import { NBD_OPTIONS, type NbdOptions } from './nbd/nbd-options.js';
import { NbdDriver } from './nbd/nbd.driver.js';
import type { OptionRules } from './option-rules.js';
import type { VolumeDriver } from './volume-driver.js';

export interface DriverKind {
  options: OptionRules;
  /** `options` have passed the rules above. */
  make(options: Record<string, unknown>): VolumeDriver;
}

/** Every driver there is: adding one is a folder and a line. */
export const DRIVERS: Readonly<Record<string, DriverKind>> = {
  fake: { options: FAKE_OPTIONS, make: (options) => new FakeDriver(options) },
  nbd: { options: NBD_OPTIONS, make: (options) => new NbdDriver(options as unknown as NbdOptions) },
};

export const driverKind = (name: string): DriverKind | undefined => (Object.hasOwn(DRIVERS, name) ? DRIVERS[name] : undefined);
