import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DriverConnectionInfo } from '@app/domain';
import { until } from '../../support/until.js';

/** What a client needs to know: nothing but a driver's answer. */
export type Info = Pick<DriverConnectionInfo, 'data'>;

export interface Ended {
  code: number;
  stdout: string;
  /** Both streams: where a refusal says its reason. */
  output: string;
}

/** Debian's nbdinfo, on the export of a connection_info. */
export const nbdinfo = (info: Info): Promise<Ended> => withUri(info, (uri) => run('nbdinfo', ['--json', uri]));

/** Copies a whole file to the export, or the export to a file. */
export const nbdcopyTo = (info: Info, file: string): Promise<Ended> => withUri(info, (uri) => run('nbdcopy', [file, uri]));
export const nbdcopyFrom = (info: Info, file: string): Promise<Ended> => withUri(info, (uri) => run('nbdcopy', [uri, file]));

/** qemu's client: each command as in `write -P 7 0 4k`. */
export const qemuIo = (info: Info, commands: readonly string[], readOnly = false): Promise<Ended> =>
  withKeys(info, (folder) => run('qemu-io', [...qemuArguments(info, folder, readOnly), ...commands.flatMap((command) => ['-c', command])]));

/** A qemu-io that keeps its connection open and takes commands one by one. */
export async function liveQemuIo(info: Info): Promise<LiveClient> {
  const folder = keyFolder(info);
  const client = new LiveClient(spawn('qemu-io', qemuArguments(info, folder, false)), folder);
  await client.prompt();
  return client;
}

export class LiveClient {
  private output = '';
  private failure: Error | null = null;
  private readonly exited: Promise<unknown>;

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly folder: string,
  ) {
    child.stdout.on('data', (text) => (this.output += String(text)));
    child.stderr.on('data', (text) => (this.output += String(text)));
    child.stdin.on('error', () => undefined); // it may have ended by itself
    this.exited = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
    child.once('error', (error) => (this.failure = missing('qemu-io', error)));
  }

  /** Waits until it takes commands; returns what it has said since the last time. */
  async prompt(): Promise<string> {
    await until('qemu-io takes commands', () => this.failure !== null || this.child.exitCode !== null || this.output.endsWith('qemu-io> '));
    if (this.failure) throw this.failure;
    const said = this.output;
    this.output = '';
    return said;
  }

  async say(command: string): Promise<string> {
    this.child.stdin.write(`${command}\n`);
    return this.prompt();
  }

  async close(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
    rmSync(this.folder, { recursive: true });
  }
}

const withUri = <T>(info: Info, use: (uri: string) => Promise<T>): Promise<T> =>
  withKeys(info, (folder) => use(`nbds://${portal(info, 'auth_username')}?tls-psk-file=${join(folder, 'keys.psk')}`));

export const plainUri = (info: Info): string => `nbd://${portal(info)}`;

export function run(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(missing(program, error));
      else resolve({ code: Number(error?.code ?? 0), stdout, output: stdout + stderr });
    });
  });
}

const missing = (program: string, cause: Error): Error =>
  new Error(`${program} could not be run (${cause.message}); Debian has it in libnbd-bin (nbdinfo, nbdcopy) or qemu-utils (qemu-io)`, {
    cause,
  });

function portal({ data }: Info, user?: string): string {
  const identity = user === undefined ? '' : `${String(data[user])}@`;
  return `${identity}${String(data.host)}:${String(data.port)}/${String(data.export)}`;
}

function qemuArguments({ data }: Info, folder: string, readOnly: boolean): string[] {
  const where = `file.server.type=inet,file.server.host=${String(data.host)},file.server.port=${String(data.port)}`;
  return [
    ...(readOnly ? ['-r'] : []),
    ...['--object', `tls-creds-psk,id=tls0,dir=${folder},endpoint=client,username=${String(data.auth_username)}`],
    ...['--image-opts', `driver=raw,file.driver=nbd,${where},file.export=${String(data.export)},file.tls-creds=tls0`],
  ];
}

async function withKeys<T>(info: Info, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = keyFolder(info);
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function keyFolder({ data }: Info): string {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-keys-'));
  writeFileSync(join(folder, 'keys.psk'), `${String(data.auth_username)}:${String(data.auth_password)}\n`, { mode: 0o600 });
  return folder;
}
