import type { Connector, ResetStatus } from '@app/domain';
import { noSuchWord, nothingToReset } from '@app/domain';
import { pythonRepr } from '../openstack/python-repr.js';
import {
  HasAnyOf,
  IsBooleanLike,
  IsMadeOf,
  IsNoLongerThan,
  IsNotEmpty,
  IsOneOf,
  IsRequired,
  IsType,
  IsUuidLike,
  IsVolumeSize,
} from '../openstack/rules.js';

/** The bodies of the volume actions, each with its one key (spec: volumes-surface §5). */
class Attach {
  @IsNoLongerThan(255) @IsNotEmpty() @IsRequired() @IsType('string') readonly mountpoint: string;
  @IsUuidLike() @IsType('string') readonly instance_uuid?: string;
  @IsNoLongerThan(255) @IsType('string') readonly host_name?: string;
  @IsOneOf('rw', 'ro') @IsType('string') readonly mode?: 'rw' | 'ro';
}
export class AttachVolume {
  @IsRequired() @HasAnyOf('instance_uuid', 'host_name') @IsMadeOf(() => Attach) readonly 'os-attach': Attach;
}

class Detach {
  @IsUuidLike() @IsType('string', 'null') readonly attachment_id?: string | null;
}
export class DetachVolume {
  @IsRequired() @IsMadeOf(() => Detach) readonly 'os-detach': Detach;
}

class Initialize {
  @IsRequired() @IsType('object', 'string') readonly connector: Connector | string;
}
export class InitializeConnection {
  @IsRequired() @IsMadeOf(() => Initialize) readonly 'os-initialize_connection': Initialize;
}

class Terminate {
  @IsRequired() @IsType('object', 'string', 'null') readonly connector: Connector | string | null;
}
export class TerminateConnection {
  @IsRequired() @IsMadeOf(() => Terminate) readonly 'os-terminate_connection': Terminate;
}

class ForceDetach {
  @IsType('object', 'string', 'null') readonly connector?: Connector | string | null;
  @IsType('string', 'null') readonly attachment_id?: string | null;
}
export class ForceDetachVolume {
  @IsRequired() @IsMadeOf(() => ForceDetach) readonly 'os-force_detach': ForceDetach;
}

class CompleteMigration {
  @IsRequired() @IsUuidLike() @IsType('string') readonly new_volume: string;
  @IsType('boolean', 'string', 'null') readonly error?: boolean | string | null;
}
export class CompleteVolumeMigration {
  @IsRequired() @IsMadeOf(() => CompleteMigration) readonly 'os-migrate_volume_completion': CompleteMigration;
}

class Extend {
  @IsRequired() @IsVolumeSize() @IsType('integer', 'string') readonly new_size: number | string;
}
export class ExtendVolume {
  @IsRequired() @IsMadeOf(() => Extend) readonly 'os-extend': Extend;
}

class SetBootable {
  @IsRequired() @IsBooleanLike() @IsType('boolean', 'string') readonly bootable: boolean | string;
}
export class SetVolumeBootable {
  @IsRequired() @IsMadeOf(() => SetBootable) readonly 'os-set_bootable': SetBootable;
}

class UpdateReadonly {
  @IsRequired() @IsBooleanLike() @IsType('boolean', 'string') readonly readonly: boolean | string;
}
export class UpdateReadonlyFlag {
  @IsRequired() @IsMadeOf(() => UpdateReadonly) readonly 'os-update_readonly_flag': UpdateReadonly;
}

class Reset {
  @IsType('string', 'null') readonly status?: string | null;
  @IsType('string', 'null') readonly attach_status?: string | null;
  @IsType('string', 'null') readonly migration_status?: string | null;
}
export class ResetVolumeStatus {
  @IsRequired() @IsMadeOf(() => Reset) readonly 'os-reset_status': Reset;
}

/** @throws invalid: nothing is named, or a word that is none (spec: volumes-surface §6). */
export function resetOf({ status, attach_status, migration_status }: Reset): ResetStatus {
  if (!status && !attach_status && !migration_status) throw nothingToReset();
  const migration = migration_status ? oneOf('migration status', migration_status, MIGRATION_STATUSES, asTuple) : undefined;
  return {
    ...(status && { status: oneOf('status', status, STATUSES, asTuple) }),
    ...(attach_status && { attachStatus: oneOf('attach status', attach_status, ATTACH_STATUSES, pythonRepr) }),
    ...(migration !== undefined && { migrationStatus: migration === 'none' ? null : migration }),
  };
}

function oneOf<T extends string>(what: string, said: string, valid: readonly T[], shown: (valid: readonly string[]) => string): T {
  const found = valid.find((word) => word === said.toLowerCase());
  if (found === undefined) throw noSuchWord(what, said.toLowerCase(), shown(valid));
  return found;
}

const asTuple = (words: readonly string[]) => `(${words.map((word) => pythonRepr(word)).join(', ')})`;

const ATTACH_STATUSES = ['attached', 'detached'] as const;
const MIGRATION_STATUSES = ['migrating', 'error', 'success', 'completing', 'none', 'starting'] as const;
const STATUSES = [
  'creating',
  'available',
  'deleting',
  'error',
  'error_deleting',
  'error_managing',
  'managing',
  'attaching',
  'in-use',
  'detaching',
  'maintenance',
  'restoring-backup',
  'error_restoring',
  'reserved',
  'awaiting-transfer',
  'backing-up',
  'error_backing-up',
  'error_extending',
  'downloading',
  'uploading',
  'retyping',
  'extending',
] as const;
