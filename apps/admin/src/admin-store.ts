import {
  AttachmentLog,
  BackendsService,
  type Caller,
  type Database,
  Decisions,
  OperationLog,
  PruningService,
  RekeyService,
  requireReady,
  RestoredDatabase,
  StuckLog,
  VolumesService,
  VolumeTypesService,
} from '@app/attachments';
import { type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { AdminConfig } from './admin.config.js';
import { type OpenDatabase, openDatabase } from './open-database.js';

/** What commands read and write. Nothing here opens what is sealed, so no key is needed; only a rekey is given the ring. */
export interface Services {
  volumes: VolumesService;
  attachments: AttachmentLog;
  operations: OperationLog;
  backends: BackendsService;
  pruning: PruningService;
  stuck: StuckLog;
  rekey: RekeyService;
  restored: RestoredDatabase;
}

/** Opened by the first command that asks, so that `--help` works on a machine where nothing else does. */
export class AdminStore implements OnApplicationShutdown {
  private readonly closes: (() => Promise<void>)[] = [];

  /** @param config Read when a command asks for it. @throws ConfigError */
  constructor(readonly config: () => AdminConfig) {}

  /** @throws StartError when the database cannot be used as it is. */
  async services(): Promise<Services> {
    const config = this.config();
    const database = await this.opened(openDatabase(config, { make: false }));
    await requireReady(database);
    const backends = new BackendsService(database, config.times);
    return {
      volumes: new VolumesService(
        database,
        new VolumeTypesService(database),
        backends,
        new Decisions(database, config.times.BACKEND_LOST_MS),
      ),
      attachments: new AttachmentLog(database),
      operations: new OperationLog(database),
      backends,
      pruning: new PruningService(database),
      stuck: new StuckLog(database, config.times),
      rekey: new RekeyService(database),
      restored: new RestoredDatabase(database),
    };
  }

  /** As it is: to be checked, or to be brought up to date. `make`: also one that is not there yet. */
  database(options: { make: boolean }, config = this.config()): Promise<Database> {
    return this.opened(openDatabase(config, options));
  }

  async onApplicationShutdown(): Promise<void> {
    for (const close of this.closes.splice(0)) await close();
  }

  private async opened(opening: Promise<OpenDatabase>): Promise<Database> {
    const { database, close } = await opening;
    this.closes.push(close);
    return database;
  }
}

/** The administrator of every project. */
export const administrator = (projectId = 'admin'): Caller => ({
  userId: 'admin',
  projectId,
  isAdmin: true,
  roles: ['admin'],
  serviceRoles: [],
  serviceUserId: null,
  isService: false,
  requestId: `req-${randomUUID()}`,
  globalRequestId: null,
});
