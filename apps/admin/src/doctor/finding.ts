import { messageOf } from '@app/domain';

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
    return [failed(what, messageOf(error))];
  }
}
