/** What was looked at, and what came out. `failed` needs somebody; `warning` is a choice that somebody should know of. */
export type Finding = {
  what: string;
  verdict: 'ok' | 'warning' | 'failed';
  found: string;
};

export const ok = (what: string, found: string): Finding => ({ what, verdict: 'ok', found });
export const warning = (what: string, found: string): Finding => ({ what, verdict: 'warning', found });
export const failed = (what: string, found: string): Finding => ({ what, verdict: 'failed', found });

/** What `look` finds; that it throws is a finding too. */
export async function examined(what: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [failed(what, reasonOf(error))];
  }
}

/** A refused connection on two addresses has no message of its own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
