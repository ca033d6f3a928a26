import type { Faults } from '@app/drivers';
import type { Installation } from './installation';
import type { Random } from './random';
import type { Recorded } from './recorder';

/** What a fault has at hand. */
export interface Scene {
  installation: Installation;
  random: Random;
  /** How the driver is when nothing is wrong with it. */
  faults: Faults;
  /** Exists from the moment on in which kill points count. */
  armedBy: string;
  /** For the record of the repetition. */
  note: (what: string) => void;
}

/** A fault under load. */
export interface Scenario {
  name: string;
  times: Record<string, number>;
  driverMs: number;
  /** What has to stand before clients begin. Returns the fault itself, which resolves when the last killed part answers again. */
  prepare(scene: Scene): Promise<() => Promise<void>>;
  /** Whether the design allows this answer of 500 or more; the fault lasted from `from` to `to`. */
  explains(call: Recorded, from: number, to: number): boolean;
  /** Whether the bells must be heard again. */
  bells?: boolean;
}

/** Whoever dies of workers, gateways and brokers: nobody hears of it. */
export const nothing = (): boolean => false;
