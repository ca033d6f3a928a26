import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Client } from 'pg';
import { until } from '../support/until';
import { flameGraph } from './flame-graph';
import type { Observer, StatementRow } from './observed';
import { type Profile, selfTimes } from './profiles';
import { profileTable, statementTable } from './tables';

/** The lines of postgresql.conf that `statementObserver` needs. */
export const STATEMENT_SETTINGS = `shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track_planning = on`;

/** What each statement costs the database, by pg_stat_statements. */
export function statementObserver(client: Client): Observer {
  return {
    open: async () => {
      await client.query('create extension if not exists pg_stat_statements');
      await client.query('select pg_stat_statements_reset()');
    },
    close: async ({ cycles }) => {
      const { rows } = await client.query<StatementRow>(STATEMENTS);
      return statementTable(rows, cycles);
    },
  };
}

const STATEMENTS = `select calls::int, total_plan_time as plan, total_exec_time as execution, query
from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
order by total_plan_time + total_exec_time desc limit 20`;

/** The CPU profile of one app, and its flame graph beside it; the app was started with profiler.cjs. */
export function profileObserver(pid: number, folder: string): Observer {
  mkdirSync(folder, { recursive: true });
  const filesOfIt = () => readdirSync(folder).filter((name) => name.startsWith(`${pid}-`) && name.endsWith('.cpuprofile'));
  let before: string[] = [];
  return {
    open: async () => {
      before = filesOfIt();
      process.kill(pid, 'SIGUSR2');
    },
    close: async () => {
      process.kill(pid, 'SIGUSR2');
      const profile = await until('the profile is written', () => newest(folder, filesOfIt(), before), 60_000);
      writeFileSync(`${profile.file}.svg`, flameGraph(profile.content, basename(profile.file)));
      return profileTable(selfTimes(profile.content), profile.file);
    },
  };
}

/** Undefined while it is not there as a whole. */
function newest(folder: string, files: string[], before: string[]): { file: string; content: Profile } | undefined {
  const name = files.find((found) => !before.includes(found));
  if (name === undefined) return undefined;
  try {
    const file = join(folder, name);
    return { file, content: JSON.parse(readFileSync(file, 'utf8')) as Profile };
  } catch {
    return undefined;
  }
}
