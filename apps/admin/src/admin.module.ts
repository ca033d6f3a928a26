import { InjectCommander } from 'nest-commander';
import { type DynamicModule, Module } from '@nestjs/common';
import type { AdminConfig } from './admin.config.js';
import type { Parser } from './commands/admin-command.js';
import { AdminStore } from './admin-store.js';
import { DoctorCommand } from './commands/doctor.command.js';
import { StuckCommand } from './commands/stuck.command.js';
import {
  DbCommands,
  VolumeCommands,
  AttachmentCommands,
  OperationCommands,
  BackendCommands,
  DeadLetterCommands,
  SecretsCommands,
} from './commands/groups.js';

const COMMANDS = [DbCommands, VolumeCommands, AttachmentCommands, OperationCommands, BackendCommands, DeadLetterCommands, SecretsCommands];

const HELP = `
Examples:
  mooring-admin volume list
  mooring-admin operation list --unfinished -f json
  mooring-admin stuck
  mooring-admin doctor

It works on the database that DATABASE_URL names, and rings the workers by way of AMQP_URL; without DATABASE_URL on that of the standalone
in DATA_DIR, whether that runs or not. Exit codes: 0 done, 1 failed, 2 wrong usage,
3 done, and something was found that needs somebody.`;

/** The commands, and beside them the store that they work on, opened by the first that asks. */
@Module({ providers: [StuckCommand, DoctorCommand, ...COMMANDS.flatMap((group) => group.registerWithSubCommands())] })
export class AdminModule {
  constructor(@InjectCommander() parser: Parser) {
    parser.name('mooring-admin').description('Looks at a Mooring, and mends it, without its REST API.').addHelpText('after', HELP);
  }

  static forRoot(config: () => AdminConfig): DynamicModule {
    return { module: AdminModule, providers: [{ provide: AdminStore, useFactory: () => new AdminStore(config) }] };
  }
}
