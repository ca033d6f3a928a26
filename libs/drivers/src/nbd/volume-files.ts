import { access, constants, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DriverError, type VolumeRef } from '@app/domain';

const GIB = 2 ** 30;
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const PORT_FILE = 'nbd-port';

export const bytesOf = (volume: VolumeRef): number => volume.sizeGib * GIB;

/** The volumes of one backend: a sparse file for each, in one folder. */
export class VolumeFiles {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  /** @throws Error, a sentence, if the folder cannot be written. */
  async open(): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await access(this.folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new Error(`the folder ${this.folder} cannot be written (${codeOf(error)}); name another one in options.folder`, {
        cause: error,
      });
    }
  }

  pathOf({ id, name }: VolumeRef): string {
    if (!PLAIN_NAME.test(name)) throw new DriverError('failed', 'notDone', `volume ${id} has a name that no file may have`);
    return join(this.folder, `${name}.raw`);
  }

  /** Never shorter than it was: what is there already keeps its bytes. */
  async create(volume: VolumeRef): Promise<void> {
    await this.attempt(volume, 'be made', async (path) => {
      const file = await open(path, 'a', 0o600);
      try {
        const { size } = await file.stat();
        if (size < bytesOf(volume)) await file.truncate(bytesOf(volume));
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }

  async remove(volume: VolumeRef): Promise<void> {
    await this.attempt(volume, 'be deleted', (path) => rm(path, { force: true }));
  }

  /** @throws failed, not done, if the volume has no file that can be read and written. */
  async check(volume: VolumeRef): Promise<void> {
    const path = this.pathOf(volume);
    await access(path, constants.R_OK | constants.W_OK).catch((cause: unknown) => {
      throw new DriverError('failed', 'notDone', `the file of volume ${volume.id} cannot be used (${codeOf(cause)})`, { cause });
    });
  }

  /** The port that was given out before, so that connection_info still holds; null in a new folder. */
  async rememberedPort(): Promise<number | null> {
    const text = await readFile(join(this.folder, PORT_FILE), 'utf8').catch(() => '');
    return /^\d{1,5}\s*$/.test(text) ? Number(text) : null;
  }

  async rememberPort(port: number): Promise<void> {
    await writeFile(join(this.folder, PORT_FILE), `${port}\n`);
  }

  private async attempt(volume: VolumeRef, what: string, effect: (path: string) => Promise<void>): Promise<void> {
    const path = this.pathOf(volume);
    try {
      await effect(path);
    } catch (cause) {
      throw new DriverError('failed', 'unknown', `the file of volume ${volume.id} cannot ${what} (${codeOf(cause)})`, { cause });
    }
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error';
