import type { World } from '../../support/world';
import { attachedDevice, type BlockDevice } from './block-device';
import { UserRequest } from './nova';

/** An administrator wants a server to use another volume. */
export async function swap(world: World, endpoint?: string) {
  const old = await attachedDevice(world);
  const volume = await world.volume();
  const request = new UserRequest(world, { endpoint, token: world.admin, volumes: { Old: old.volume, New: volume } });
  return { old, volume, request, compute: request.compute() };
}

/** What the api does of it, before compute is asked. */
export async function reserveAnother({ api }: UserRequest, old: BlockDevice, volume: string): Promise<BlockDevice> {
  await api.get(old.volume);
  await api.get(volume);
  await api.beginDetaching(old.volume);
  const { id } = await api.attachmentCreate(volume, old.server);
  return { ...old, volume, attachment: id };
}
