import { readFileSync } from 'node:fs';
import { BACKEND_NAME, DISK_GEOMETRIES, type VolumeTraits } from '@app/domain';
import { Validate, ValidatorConstraint, type ValidationArguments, type ValidatorConstraintInterface } from 'class-validator';
import { driverKind, DRIVERS } from './driver-table.js';
import { isPlainObject, isText, optionFaults, shown } from './option-rules.js';

/** A place for volumes that one driver serves. */
export interface Backend extends VolumeTraits {
  /** `host@backend`: it names the queue that the backend's work goes to. */
  name: string;
  pool: string;
  driver: string;
  options: Record<string, unknown>;
}

const ALLOWED = 'a JSON list such as [{"name":"node1@fake","driver":"fake","options":{}}], or the path of a file that holds one';
const POOL_NAME = /^[^@#\s]+$/;
const ENTRY_KEYS = ['name', 'pool', 'driver', 'options', 'reportDiscardSupported', 'diskGeometry'];

@ValidatorConstraint({ name: 'backends' })
class AreBackends implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isText(value) && read(value).faults.length === 0;
  }
  defaultMessage({ value }: ValidationArguments): string {
    return isText(value) ? read(value).faults.join(' ') : `BACKENDS is ${shown(value)}, but must be ${ALLOWED}.`;
  }
}

export class BackendsConfig {
  /**
   * The backends that exist, as JSON or as the path of a JSON file: `[{"name":"node1@fake","pool":"fake","driver":"fake","options":{}}]`.
   * A worker serves all of them; `pool` is the driver's name unless given. What hosts are told of a backend's volumes where its driver says nothing:
   * `"reportDiscardSupported": true` (space that is discarded is given back) and `"diskGeometry"` `"512"`, `"512e"` or `"4k"`.
   */
  @Validate(AreBackends) readonly BACKENDS: string;
}

/** @throws Error whose message names every fault of every entry at once. */
export function parseBackends(text: string): Backend[] {
  const { backends, faults } = read(text);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return backends;
}

interface Reading {
  backends: Backend[];
  faults: string[];
}

function read(text: string): Reading {
  const isJson = /^\s*[[{"]/.test(text);
  let entries: unknown;
  try {
    entries = JSON.parse(isJson ? text : readFileSync(text, 'utf8'));
  } catch (error) {
    return { backends: [], faults: [unreadable(text, isJson, error as Error)] };
  }
  const found = `${isJson ? 'BACKENDS' : `BACKENDS, file ${text},`} is ${shown(entries)}`;
  if (!Array.isArray(entries)) return { backends: [], faults: [`${found}, but must be ${ALLOWED}.`] };
  if (entries.length === 0) return { backends: [], faults: [`${found}, but must name one backend at least.`] };
  return readEntries(entries);
}

function unreadable(text: string, isJson: boolean, error: Error): string {
  if (isJson) return `BACKENDS is not valid JSON (${error.message}); it must be ${ALLOWED}.`;
  const why = error instanceof SyntaxError ? 'does not hold valid JSON' : 'cannot be read';
  return `BACKENDS: the file ${shown(text)} ${why} (${error.message}); BACKENDS must be ${ALLOWED}.`;
}

function readEntries(entries: readonly unknown[]): Reading {
  const readings = entries.map((entry, index) => readEntry(entry, index + 1));
  const names = entries.map((entry) => (isPlainObject(entry) && isText(entry.name) ? entry.name : undefined));
  const twice = names.filter((name, index) => name !== undefined && names.indexOf(name) !== index);
  const duplicates = [...new Set(twice)].map(
    (name) => `BACKENDS names ${shown(name)} more than once, but each backend must be there once.`,
  );
  return {
    backends: readings.flatMap(({ backends }) => backends),
    faults: [...readings.flatMap(({ faults }) => faults), ...duplicates],
  };
}

function readEntry(entry: unknown, place: number): Reading {
  if (!isPlainObject(entry)) return { backends: [], faults: [`BACKENDS, entry ${place}, is ${shown(entry)}, but must be an object.`] };
  const { name, driver, pool = driver, options = {} } = entry;
  const faults = [...nameFaults(entry), ...driverFaults(driver, options), ...traitFaults(entry)];
  if (pool !== driver && !(isText(pool) && POOL_NAME.test(pool)))
    faults.push(`pool is ${shown(pool)}, but must be a name without "@", "#" and blanks.`);
  const where = `BACKENDS, entry ${place}${isText(name) ? ` (${name})` : ''}: `;
  return { backends: [{ ...entry, pool, options } as unknown as Backend], faults: faults.map((fault) => where + fault) };
}

function nameFaults({ name, ...others }: Record<string, unknown>): string[] {
  const unknown = Object.keys(others).filter((key) => !ENTRY_KEYS.includes(key));
  const faults = unknown.map((key) => `${shown(key)} is unknown; allowed are ${ENTRY_KEYS.join(', ')}.`);
  if (!isText(name) || !BACKEND_NAME.test(name))
    faults.push(`name is ${shown(name)}, but must be of the form host@backend, without "#" and blanks.`);
  return faults;
}

function traitFaults({ reportDiscardSupported, diskGeometry }: Record<string, unknown>): string[] {
  const faults: string[] = [];
  if (reportDiscardSupported !== undefined && typeof reportDiscardSupported !== 'boolean')
    faults.push(`reportDiscardSupported is ${shown(reportDiscardSupported)}, but must be true or false.`);
  if (diskGeometry !== undefined && !(DISK_GEOMETRIES as readonly unknown[]).includes(diskGeometry))
    faults.push(`diskGeometry is ${shown(diskGeometry)}, but must be one of ${DISK_GEOMETRIES.join(', ')}.`);
  return faults;
}

function driverFaults(driver: unknown, options: unknown): string[] {
  const kind = isText(driver) ? driverKind(driver) : undefined;
  if (!kind) return [`driver is ${shown(driver)}, but must be one of ${Object.keys(DRIVERS).join(', ')}.`];
  return isPlainObject(options) ? optionFaults(kind.options, options) : [`options is ${shown(options)}, but must be an object.`];
}
