import { existsSync } from 'node:fs';
import type { Needed } from '../support/installed-programs';

/** Debian's own, by their whole path: another Python, with other clients or none, may come first on the path. */
export const CINDER = '/usr/bin/cinder';
export const OPENSTACK = '/usr/bin/openstack';
export const PYTHON = '/usr/bin/python3';
const SDK = '/usr/lib/python3/dist-packages/openstack/connection.py';

const at = (path: string) => (existsSync(path) ? path : null);

/** The clients of OpenStack that speak to volumes, as operators install them. */
export const OPENSTACK_CLIENTS: Needed[] = [
  { what: 'cinder', debianPackage: 'python3-cinderclient', find: () => at(CINDER) },
  { what: 'openstack', debianPackage: 'python3-openstackclient', find: () => at(OPENSTACK) },
  { what: 'openstacksdk', debianPackage: 'python3-openstacksdk', find: () => at(SDK) },
];
