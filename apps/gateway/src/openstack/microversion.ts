import { SetMetadata } from '@nestjs/common';
import { DEFAULT_TEXT, ServiceError } from '@app/domain';

export interface Microversion {
  major: number;
  minor: number;
}

export const MIN_VERSION: Microversion = { major: 3, minor: 0 };
export const MAX_VERSION: Microversion = { major: 3, minor: 71 };

export const VERSION_HEADER = 'OpenStack-API-Version';
const SERVICE = 'volume';
const FORMAT = /^([1-9]\d*)\.([1-9]\d*|0)$/;

/** What a version header asks for. `echo`: what the answer's own header names; null where Cinder sends none. */
export interface Negotiated {
  version: Microversion;
  echo: string | null;
  refusal: ServiceError | null;
}

/** Every row of spec: microversions-and-errors §2. A header that Cinder chokes on (500) is a 400 (DEVIATE). */
export function negotiate(header: string | undefined): Negotiated {
  if (header === undefined) return accepted(MIN_VERSION);
  const [, wanted, surplus] = wordsForUs(header);
  if (wanted === undefined || surplus !== undefined) return refused(new ServiceError('invalid', DEFAULT_TEXT.invalid));
  if (wanted === 'latest') return accepted(MAX_VERSION);
  const version = parseMicroversion(wanted);
  if (!version) return refused(new ServiceError('invalid', malformedText(wanted)));
  if (isBetween(version, MIN_VERSION, MAX_VERSION)) return accepted(version);
  return { version, echo: version.major < MIN_VERSION.major ? null : wanted, refusal: notAcceptable(wanted) };
}

export function parseMicroversion(text: string): Microversion | null {
  const match = FORMAT.exec(text);
  return match && { major: Number(match[1]), minor: Number(match[2]) };
}

export const printed = ({ major, minor }: Microversion): string => `${major}.${minor}`;

export function isAtLeast(version: Microversion, { major, minor }: Microversion): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}

export const isBetween = (version: Microversion, min: Microversion, max: Microversion): boolean =>
  isAtLeast(version, min) && isAtLeast(max, version);

/** Written in code, so a wrong one is a fault of ours. */
export function microversion(text: string): Microversion {
  const version = parseMicroversion(text);
  if (!version) throw new TypeError(`no microversion: ${text}`);
  return version;
}

export interface VersionRange {
  min: Microversion;
  max: Microversion;
}
export const VERSION_RANGE = Symbol('microversions in which a method exists');

/** The microversions in which a method (or every method of a controller) exists; outside of them it is a 404. */
export const Microversion = (min: string, max?: string) =>
  SetMetadata<symbol, VersionRange>(VERSION_RANGE, { min: microversion(min), max: max === undefined ? MAX_VERSION : microversion(max) });

/** Of several services in one header the first that has "volume" anywhere in it counts. */
function wordsForUs(header: string): string[] {
  const element = header.split(',').find((part) => part.includes(SERVICE));
  return element === undefined ? [] : element.trim().split(/\s+/);
}

const accepted = (version: Microversion): Negotiated => ({ version, echo: printed(version), refusal: null });
const refused = (refusal: ServiceError): Negotiated => ({ version: MIN_VERSION, echo: null, refusal });

const malformedText = (wanted: string) => `API Version String ${wanted} is of invalid format. Must be of format MajorNum.MinorNum.`;
const notAcceptable = (wanted: string) =>
  new ServiceError(
    'notAcceptable',
    `Version ${wanted} is not supported by the API. Minimum is ${printed(MIN_VERSION)} and maximum is ${printed(MAX_VERSION)}.`,
  );
