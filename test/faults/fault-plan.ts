import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A place in the built code of an app, named by a text that stands there exactly once. */
interface Place {
  /** From the app's folder in dist, e.g. `libs/attachments/src/operations.service.js`. */
  file: string;
  find: string;
  /** Only for this app: a plan may be given to several. */
  app?: 'gateway' | 'worker';
}

/** A statement before or behind `find` that ends or freezes the process when it is passed for the nth time. */
export interface KillPoint extends Place {
  name: string;
  at?: 'before' | 'after';
  /** JavaScript that is seen from the place: what the log line says it is about. */
  about?: string;
  /** JavaScript that is seen from the place: only these passages count. */
  when?: string;
  nth?: number;
  signal?: 'SIGKILL' | 'SIGSTOP';
}

/** A defect that is planted: a text of the built code stands for another. */
export interface Edit extends Place {
  replace: string;
}

export interface FaultPlan {
  killPoints?: KillPoint[];
  edits?: Edit[];
  /** Passages count only while this file exists. */
  armedBy?: string;
}

/** What an app is started with to be under the plan. An app in which a place is not found, or found twice, does not start. */
export function underPlan(folder: string, name: string, plan: FaultPlan): Record<string, string> {
  const file = join(folder, `${name}.plan.json`);
  writeFileSync(file, JSON.stringify(plan));
  return { NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'kill-point.cjs'))}`, FAULT_PLAN: file };
}

/** What the process said as it came to its kill point: the proof that it was killed there. */
export const killLine = (output: string): string | undefined => /^kill point .*$/m.exec(output)?.[0];
