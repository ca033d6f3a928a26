import { provide } from '../support/installed-programs';
import startServers from '../support/global-setup';
import { OPENSTACK_CLIENTS } from './packages';

// NOTE as everything that a global set-up reaches, without `.js` in its imports.

/** The servers of every system test, and the clients beside them. */
export default async function globalSetup(): Promise<void> {
  await provide(OPENSTACK_CLIENTS);
  await startServers();
}
