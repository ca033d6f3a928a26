import { randomUUID } from 'node:crypto';
import type { World } from '../../support/world';
import { UserRequest } from './nova';
import type { ConnectionInfo } from './reading';
import type { VolumeApi } from './volume-api';

/** A volume of a server, as Nova keeps it. */
export interface BlockDevice {
  server: string;
  volume: string;
  attachment: string;
  mountpoint: string;
}

/** What the compute service of a host says of it; the mountpoint is part of it. */
export const connectorOf = (host: string, mountpoint: string) => ({
  platform: 'x86_64',
  os_type: 'linux',
  ip: '192.0.2.7',
  host,
  multipath: false,
  enforce_multipath: true,
  do_local_attach: false,
  initiator: `iqn.2010-10.org.openstack:${host}`,
  'system uuid': '4f3b5f0e-6a0c-4b53-9d3e-0f5d3c1b2a19',
  mountpoint,
});

/** How a compute service connects a volume that is reserved: the same for a boot, an attach, an evacuation and an unshelve. */
export async function connect(
  compute: VolumeApi,
  { volume, attachment, mountpoint }: Omit<BlockDevice, 'server'>,
): Promise<ConnectionInfo> {
  await compute.getForConnection(volume);
  const connectionInfo = await update(compute, { attachment, mountpoint });
  await compute.attachmentComplete(attachment);
  return connectionInfo;
}

/** @throws where there is no connection in the answer: the hypervisor could do nothing with it. */
export async function update(compute: VolumeApi, device: Pick<BlockDevice, 'attachment' | 'mountpoint'>): Promise<ConnectionInfo> {
  const { connectionInfo } = await compute.attachmentUpdate(device.attachment, connectorOf(compute.host, device.mountpoint));
  if (connectionInfo === null) throw new Error(`attachment ${device.attachment} is not connected`);
  return connectionInfo;
}

interface Wanted {
  host?: string;
  server?: string;
  volume?: string;
  mountpoint?: string;
}

/** A volume that a running server uses. */
export async function attachedDevice(world: World, wanted: Wanted = {}): Promise<BlockDevice> {
  const { host = 'compute', server = randomUUID(), mountpoint = '/dev/vdb' } = wanted;
  const volume = wanted.volume ?? (await world.volume());
  const attach = new UserRequest(world, { volumes: {} });
  const { id } = await attach.conductor.attachmentCreate(volume, server);
  const device = { server, volume, attachment: id, mountpoint };
  await connect(attach.compute(host), device);
  return device;
}
