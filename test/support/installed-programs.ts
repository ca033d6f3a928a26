import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Something that the tests cannot do without, and the Debian package that brings it. */
export interface Needed {
  what: string;
  debianPackage: string;
  find(): string | null;
}

/** Installs what is missing where that is allowed (root, apt). @throws one sentence that names all that is missing. */
export async function provide(needed: Needed[]): Promise<void> {
  const missing = needed.filter((program) => program.find() === null);
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && onPath('apt-get')) await install(packagesOf(missing));
  const still = missing.filter((program) => program.find() === null);
  if (still.length > 0) throw new Error(sentenceOf(still));
}

/** The folder with PostgreSQL's own programs: Debian keeps them off the path, the newest version is taken. */
export function postgresPrograms(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = foldersOf(debian).sort((a, b) => Number(b) - Number(a));
  const folders = versions.map((version) => join(debian, version, 'bin')).filter((bin) => existsSync(join(bin, 'initdb')));
  const elsewhere = onPath('initdb');
  return folders[0] ?? (elsewhere && dirname(elsewhere));
}

/** RabbitMQ's start script; on Debian not the one on the path, which changes to the system's user and folders. */
export function rabbitmqServer(): string | null {
  const debian = '/usr/lib/rabbitmq/lib';
  const scripts = foldersOf(debian).map((version) => join(debian, version, 'sbin/rabbitmq-server'));
  return scripts.filter(existsSync).sort().at(-1) ?? onPath('rabbitmq-server');
}

export function onPath(program: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find(isProgram) ?? null;
}

const packagesOf = (missing: Needed[]) => [...new Set(missing.map((program) => program.debianPackage))];

function sentenceOf(missing: Needed[]): string {
  const what = missing.map((program) => program.what).join(', ');
  const packages = packagesOf(missing).join(' ');
  return (
    `The system tests need ${what}, not found here: run \`apt-get install --no-install-recommends ${packages}\` as root. ` +
    'PostgreSQL and RabbitMQ may run elsewhere: TEST_DATABASE_URL and TEST_AMQP_URL name them.'
  );
}

/** A machine that has just started may be bringing itself up to date: so long it is waited for. */
const WAIT_FOR_APT_S = 300;

/** As little as can be: the services that the packages bring are kept from starting. */
async function install(packages: string[]): Promise<void> {
  process.stderr.write(`installing ${packages.join(' ')} ...\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const forbidden = forbidServiceStarts();
  try {
    await update(env);
    await run('apt-get', ['-q', '-o', `DPkg::Lock::Timeout=${WAIT_FOR_APT_S}`, '-y', 'install', '--no-install-recommends', ...packages], {
      env,
      maxBuffer: 1 << 26,
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`); // the sentence about what is missing follows
  } finally {
    forbidden.lift();
  }
}

/** apt waits for dpkg's locks where it is told to, but never for that of its own lists. */
async function update(env: NodeJS.ProcessEnv): Promise<void> {
  for (const end = Date.now() + WAIT_FOR_APT_S * 1_000; ; await pause(2_000)) {
    try {
      return void (await run('apt-get', ['-q', 'update'], { env, maxBuffer: 1 << 26 }));
    } catch (error) {
      if (Date.now() > end || !String(error).includes('/lists/lock')) throw error;
    }
  }
}

function forbidServiceStarts() {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return { lift: () => undefined }; // the machine has a policy of its own: it stays
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return { lift: () => rmSync(policy, { force: true }) };
}

function foldersOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
