import { type Needed, onPath } from './installed-programs';

/** NBD clients that nobody here wrote: what the tests read and write volumes with. */
export const NBD_CLIENTS: Needed[] = [
  { what: 'nbdinfo', debianPackage: 'libnbd-bin', find: () => onPath('nbdinfo') },
  { what: 'nbdcopy', debianPackage: 'libnbd-bin', find: () => onPath('nbdcopy') },
  { what: 'qemu-io', debianPackage: 'qemu-utils', find: () => onPath('qemu-io') },
];
