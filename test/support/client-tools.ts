import { type Needed, onPath } from './installed-programs';

/** What the tests use as a user does: NBD clients that nobody here wrote, and curl for the lines that a start prints. */
export const CLIENTS: Needed[] = [
  { what: 'nbdinfo', debianPackage: 'libnbd-bin', find: () => onPath('nbdinfo') },
  { what: 'nbdcopy', debianPackage: 'libnbd-bin', find: () => onPath('nbdcopy') },
  { what: 'qemu-io', debianPackage: 'qemu-utils', find: () => onPath('qemu-io') },
  { what: 'curl', debianPackage: 'curl', find: () => onPath('curl') },
];
