import { InvalidValue } from './exit-code.js';

const UNITS_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MOST_MS = 36_500 * 86_400_000;

/** `90s`, `15m`, `2h` or `30d`, in ms. */
export function ageInMs(value: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
  const ms = Number(digits) * (UNITS_MS[unit] ?? 0);
  if (ms <= 0 || ms > MOST_MS) throw new InvalidValue('It takes an age from 1s to 36500d: a whole number and s, m, h or d.');
  return ms;
}

/** `47 s`, `12 min`, `5 h` or `3 d`: the two leading figures are what people read. */
export function ageInWords(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
