import { Command } from 'nest-commander';
import { MigrateDbCommand } from './migrate-db.command.js';
import { CheckDbCommand } from './check-db.command.js';
import { PurgeDbCommand } from './purge-db.command.js';
import { RestoredDbCommand } from './restored-db.command.js';
import { CreateVolumeCommand } from './create-volume.command.js';
import { ListVolumesCommand } from './list-volumes.command.js';
import { ShowVolumeCommand } from './show-volume.command.js';
import { DeleteVolumeCommand } from './delete-volume.command.js';
import { ListAttachmentsCommand } from './list-attachments.command.js';
import { ShowAttachmentCommand } from './show-attachment.command.js';
import { ListOperationsCommand } from './list-operations.command.js';
import { ShowOperationCommand } from './show-operation.command.js';
import { ListBackendsCommand } from './list-backends.command.js';
import { ListDeadLettersCommand } from './list-dead-letters.command.js';
import { ShowDeadLetterCommand } from './show-dead-letter.command.js';
import { RekeySecretsCommand } from './rekey-secrets.command.js';
import { StatusSecretsCommand } from './status-secrets.command.js';
import { GroupCommand } from './group-command.js';

@Command({
  name: 'db',
  description: 'The database: bring it up to date, check it, delete what has been over for long, bring it back from a backup.',
  subCommands: [MigrateDbCommand, CheckDbCommand, PurgeDbCommand, RestoredDbCommand],
})
export class DbCommands extends GroupCommand {
  protected readonly examples = ['db migrate', 'db check', 'db purge --older 30d'];
}

@Command({
  name: 'volume',
  description: 'Volumes of all projects.',
  subCommands: [CreateVolumeCommand, ListVolumesCommand, ShowVolumeCommand, DeleteVolumeCommand],
})
export class VolumeCommands extends GroupCommand {
  protected readonly examples = ['volume list', 'volume create data --size 10 --wait'];
}

@Command({ name: 'attachment', description: 'Attachments of all projects.', subCommands: [ListAttachmentsCommand, ShowAttachmentCommand] })
export class AttachmentCommands extends GroupCommand {
  protected readonly examples = ['attachment list'];
}

@Command({
  name: 'operation',
  description: 'What was promised, and what came of it.',
  subCommands: [ListOperationsCommand, ShowOperationCommand],
})
export class OperationCommands extends GroupCommand {
  protected readonly examples = ['operation list --unfinished'];
}

@Command({ name: 'backend', description: 'Backends, and the workers that serve them.', subCommands: [ListBackendsCommand] })
export class BackendCommands extends GroupCommand {
  protected readonly examples = ['backend list'];
}

@Command({
  name: 'dead-letter',
  description: 'Messages that no worker could read.',
  subCommands: [ListDeadLettersCommand, ShowDeadLetterCommand],
})
export class DeadLetterCommands extends GroupCommand {
  protected readonly examples = ['dead-letter list'];
}

@Command({
  name: 'secrets',
  description: 'The keys that seal connections: which are in use, and how rows come under a new one.',
  subCommands: [StatusSecretsCommand, RekeySecretsCommand],
})
export class SecretsCommands extends GroupCommand {
  protected readonly examples = ['secrets status', 'secrets rekey --dry-run'];
}
