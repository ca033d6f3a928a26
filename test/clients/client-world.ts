import { World, type WorldOptions } from '../support/world';
import type { ClientIdentity } from './client-identity';
import { keystoneIdentity } from './keystone-identity';
import { NoauthIdentity } from './noauth-identity';

declare global {
  /** As jest’s `globals` sets it, for a whole project. */
  var CLIENTS_IDENTITY: 'keystone' | undefined;
}

/**
 * A world whose callers are real clients. They are named as noauth would (`user:project:role`), also where they are known by a real Keystone,
 * which then has such a user: the tests are the same.
 */
export class ClientWorld extends World {
  identity: ClientIdentity;

  override async request(method: string, path: string, body?: unknown, headers: Record<string, string | null> = {}) {
    const { 'X-Auth-Token': named = this.member, ...others } = headers;
    return this.gateway.request(method, path, body, { 'X-Auth-Token': named && (await this.identity.token(named)), ...others });
  }

  override async stop(): Promise<void> {
    await super.stop();
    await this.identity.stop();
  }
}

export async function startClientWorld(options: WorldOptions = {}): Promise<ClientWorld> {
  if (globalThis.CLIENTS_IDENTITY !== 'keystone') return noauthWorld(options);
  const { identity, config } = await keystoneIdentity();
  const world = new ClientWorld({ ...options, keystone: config });
  world.identity = identity;
  await world.start();
  await identity.servesVolumesAt(`${world.gateway.url}/v3`);
  return world;
}

async function noauthWorld(options: WorldOptions): Promise<ClientWorld> {
  const world = new ClientWorld(options);
  await world.start();
  world.identity = new NoauthIdentity(world.gateway.url);
  return world;
}
