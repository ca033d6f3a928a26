import {
  DriverError,
  type Connection,
  type Connector,
  type DriverCall,
  type DriverConnectionInfo,
  type ExportRecord,
  type VolumeRef,
} from '@app/domain';
import type { Capabilities, VolumeDriver } from '../volume-driver.js';
import type { Grant } from './access-list.js';
import { advertised, DEFAULT_HOST, DEFAULT_PORT, type NbdOptions } from './nbd-options.js';
import { NbdServer } from './nbd-server.js';
import { VolumeFence } from './volume-fence.js';
import { bytesOf, VolumeFiles } from './volume-files.js';

const EVERY_ADDRESS = ['0.0.0.0', '::'];
const PLAIN_IDENTITY = /^[A-Za-z0-9._-]{1,128}$/;
const KEY = /^[0-9a-f]{64}$/;

/**
 * Sparse files, served over NBD by this process under TLS with one pre-shared key for each connection (docs: NBD is an extension, no
 * protocol of Cinder's). It remembers no connection: after a restart the worker settles each volume, and what was given out works again.
 */
export class NbdDriver implements VolumeDriver {
  readonly capabilities: Capabilities = { multiattach: true, readOnly: 'enforced', fencing: 'token', exportSurvivesRestart: false };
  private readonly files: VolumeFiles;
  private readonly server = new NbdServer();
  private readonly fence = new VolumeFence();
  private port = 0;

  constructor(private readonly options: NbdOptions) {
    this.files = new VolumeFiles(options.folder);
  }

  async open(): Promise<void> {
    const { host = DEFAULT_HOST, advertise } = this.options;
    if (EVERY_ADDRESS.includes(host) && advertise === undefined)
      throw new Error(`options.host is ${host}, which no host can connect to: say in options.advertise where the volumes are reached`);
    await this.files.open();
    await this.listen(host);
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  /** Any host can speak NBD: its connector needs nothing. */
  validateConnector(_connector: Connector): void {}

  async createVolume(volume: VolumeRef, call: DriverCall): Promise<void> {
    await this.fence.run(volume.id, call, () => this.files.create(volume));
  }

  /** A host that is connected sees the old size until it connects anew: the protocol tells it once. */
  async extendVolume(volume: VolumeRef, sizeGib: number, call: DriverCall): Promise<void> {
    await this.fence.run(volume.id, call, async () => {
      await this.files.check(volume);
      await this.files.create({ ...volume, sizeGib });
      for (const grant of this.server.list.ofVolume(volume.id)) grant.size = bytesOf({ ...volume, sizeGib });
    });
  }

  async deleteVolume(volume: VolumeRef, call: DriverCall): Promise<void> {
    await this.fence.run(volume.id, call, async () => {
      await this.endAllBut(volume, []);
      await this.files.remove(volume);
    });
  }

  /** The server is the export of every volume: there is nothing to make but the record. */
  async createExport(volume: VolumeRef, call: DriverCall): Promise<ExportRecord> {
    return this.fence.run(volume.id, call, async () => ({ location: `nbd:${volume.name}` }));
  }

  async removeExport(volume: VolumeRef, call: DriverCall): Promise<void> {
    await this.fence.run(volume.id, call, async () => {
      if (this.server.list.ofVolume(volume.id).length > 0)
        throw new DriverError('failed', 'notDone', `the export of volume ${volume.id} is still in use`);
    });
  }

  async initializeConnection(volume: VolumeRef, connection: Connection, call: DriverCall): Promise<DriverConnectionInfo> {
    return this.fence.run(volume.id, call, async () => {
      const grant = await this.allow(volume, connection);
      return { driver_volume_type: 'nbd', data: this.dataOf(grant) };
    });
  }

  async terminateConnection(volume: VolumeRef, connection: Connection, call: DriverCall): Promise<boolean> {
    return this.fence.run(volume.id, call, async () => {
      const own = this.server.list.ofVolume(volume.id).filter((grant) => isOf(grant, connection));
      for (const { identity } of own) await this.server.list.revoke(identity);
      return this.server.list.ofVolume(volume.id).length > 0;
    });
  }

  async settle(volume: VolumeRef, live: readonly Connection[], call: DriverCall): Promise<void> {
    await this.fence.run(volume.id, call, async () => {
      await this.endAllBut(volume, live);
      for (const connection of live) await this.allow(volume, connection);
    });
  }

  private async listen(host: string): Promise<void> {
    const { port: wanted = DEFAULT_PORT } = this.options;
    const port = wanted === 0 ? ((await this.files.rememberedPort()) ?? 0) : wanted;
    try {
      this.port = await this.server.listen(host, port);
    } catch (error) {
      throw new Error(cannotListen(host, port, error as NodeJS.ErrnoException), { cause: error });
    }
    if (wanted === 0) await this.files.rememberPort(this.port);
  }

  private async endAllBut(volume: VolumeRef, live: readonly Connection[]): Promise<void> {
    const orphans = this.server.list.ofVolume(volume.id).filter((grant) => !live.some((connection) => isOf(grant, connection)));
    for (const { identity } of orphans) await this.server.list.revoke(identity);
  }

  private async allow(volume: VolumeRef, connection: Connection): Promise<Grant> {
    const grant = this.grantOf(volume, connection);
    const holder = this.server.list.find(grant.identity)?.grant;
    if (holder && !(holder.volumeId === volume.id && isOf(holder, connection)))
      throw new DriverError('failed', 'notDone', `identity ${grant.identity} belongs to attachment ${holder.attachmentId}`);
    await this.files.check(volume);
    await this.server.list.allow(grant);
    return grant;
  }

  private grantOf(volume: VolumeRef, { attachmentId, credential, readOnly }: Connection): Grant {
    if (!PLAIN_IDENTITY.test(credential.id) || !KEY.test(credential.secret))
      throw new DriverError('failed', 'notDone', `the credential of attachment ${attachmentId} is not of the form that NBD needs`);
    return {
      identity: credential.id,
      key: Buffer.from(credential.secret, 'hex'),
      // Two connections of one attachment, the old and the new, may differ in mode: each has its own export.
      exportName: `${attachmentId}.${credential.id.slice(0, 8)}`,
      file: this.files.pathOf(volume),
      size: bytesOf(volume),
      readOnly,
      volumeId: volume.id,
      attachmentId,
    };
  }

  private dataOf({ exportName, identity, key, volumeId, size }: Grant): Record<string, unknown> {
    const portal = advertised(this.options.advertise ?? '');
    return {
      host: portal?.host ?? this.options.host ?? DEFAULT_HOST,
      port: portal?.port ?? this.port,
      export: exportName,
      tls_mode: 'psk',
      auth_username: identity,
      auth_password: key.toString('hex'),
      volume_id: volumeId,
      size,
    };
  }
}

const isOf = (grant: Grant, { attachmentId, credential }: Connection): boolean =>
  grant.attachmentId === attachmentId && grant.identity === credential.id;

function cannotListen(host: string, port: number, { code }: NodeJS.ErrnoException): string {
  const portal = `${host}:${port}`;
  if (code === 'EADDRINUSE') return `the NBD portal ${portal} is in use by another process: end that one, or name another options.port`;
  if (code === 'EADDRNOTAVAIL') return `options.host is ${host}, which is no address of this machine`;
  return `the NBD portal ${portal} cannot be opened (${code}): see options.host and options.port`;
}
