import type { Health, HealthReport } from './health.js';

export interface HealthAnswer {
  status: number;
  type: string;
  body: string;
}

export const HEALTH_PATHS = ['/livez', '/readyz', '/healthcheck'] as const;
export type HealthPath = (typeof HEALTH_PATHS)[number];

export interface HealthQuestion {
  path: HealthPath;
  isHead: boolean;
  accept?: string;
  /** Whether serving with less counts as not ready: `/readyz?strict`, for monitors and for whoever waits until all of it is up. */
  strict: boolean;
}

const TEXT = 'text/plain; charset=UTF-8';
const OK = 200;
const NO_CONTENT = 204;
const UNAVAILABLE = 503;

/** What the three paths answer: `/livez` that the process runs, `/readyz` whether it may be sent work and why not, `/healthcheck` the same as oslo.middleware does. */
export async function healthAnswer(health: Health, question: HealthQuestion): Promise<HealthAnswer> {
  if (question.path === '/livez') return { status: OK, type: TEXT, body: 'OK' };
  const report = await health.report();
  return question.path === '/readyz' ? readiness(report, question) : healthcheck(report, question);
}

/** The path without its query; null for one of somebody else. */
export const healthPath = (url: string): HealthPath | null => HEALTH_PATHS.find((path) => path === url.split('?', 1)[0]) ?? null;

export const isStrict = (url: string): boolean => new URLSearchParams(url.split('?', 2)[1]).has('strict');

function readiness({ status, checks }: HealthReport, { strict }: HealthQuestion): HealthAnswer {
  const shown = [...checks].map(([name, reason]) => [name, reason === null ? { status: 'ok' } : { status: 'failed', reason }] as const);
  const serves = status === 'ready' || (status === 'degraded' && !strict);
  return {
    status: serves ? OK : UNAVAILABLE,
    type: 'application/json',
    body: JSON.stringify({ status, checks: Object.fromEntries(shown) }),
  };
}

function healthcheck(report: HealthReport, { isHead, accept = '' }: HealthQuestion): HealthAnswer {
  const serves = report.status === 'ready' || report.status === 'degraded';
  const status = serves ? OK : UNAVAILABLE;
  const reasons = serves ? ['OK'] : reasonsOf(report);
  if (isHead) return { status: serves ? NO_CONTENT : UNAVAILABLE, type: TEXT, body: '' };
  if (accept.includes('text/plain')) return { status, type: TEXT, body: reasons.join('\n') };
  if (accept.includes('text/html')) return { status, type: 'text/html; charset=UTF-8', body: page(reasons) };
  if (accept.includes('application/json')) return { status, type: 'application/json', body: json(reasons) };
  return { status, type: TEXT, body: reasons.join('\n') };
}

function reasonsOf({ status, checks }: HealthReport): string[] {
  if (status === 'draining') return ['draining'];
  return [...checks].flatMap(([name, reason]) => (reason === null ? [] : [`${name}: ${reason}`]));
}

const json = (reasons: string[]) => JSON.stringify({ detailed: false, reasons }, null, 4);

/** The reasons are all words of ours, so there is nothing in them to escape. */
const page = (reasons: string[]) =>
  `<html><head><title>Healthcheck Status</title></head><body><h2>Result of ${reasons.length} checks:</h2>` +
  `<ul>${reasons.map((reason) => `<li>${reason}</li>`).join('')}</ul></body></html>`;
