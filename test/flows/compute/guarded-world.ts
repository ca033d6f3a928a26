import { NovaConfig } from '@app/openstack';
import { startWorld, type World, type WorldOptions } from '../../support/world';

/** Nobody is there: whatever had to be asked about would fail. */
const UNREACHABLE: Partial<NovaConfig> = { NOVA_GUARD: 'url', NOVA_URL: 'http://127.0.0.1:1/v2.1' };

/** A world with the delete guard, which compute's own requests pass by their service token. */
export const startGuardedWorld = (options: WorldOptions = {}): Promise<World> =>
  startWorld({ nova: Object.assign(new NovaConfig(), UNREACHABLE), ...options });
