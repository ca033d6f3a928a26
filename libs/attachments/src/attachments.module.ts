import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { AttachmentsService } from './attachments.service.js';
import { BackendsService } from './backends.service.js';
import { ConnectionsService } from './connections.service.js';
import { Database } from './database.js';
import { Decisions } from './decisions.js';
import { EncryptionsService } from './encryptions.service.js';
import { OperationLog } from './operation-log.js';
import { OperationsService } from './operations.service.js';
import { PruningService } from './pruning.service.js';
import { QosSpecsService } from './qos-specs.service.js';
import { KeyRing } from './sealing.js';
import { TimesConfig } from './store.config.js';
import { VolumeActionsService } from './volume-actions.service.js';
import { VolumeMetadataService } from './volume-metadata.service.js';
import { VolumeTotalsService } from './volume-totals.service.js';
import { VolumeTypesService } from './volume-types.service.js';
import { VolumesService } from './volumes.service.js';

/** What the services stand on; opened in main.ts, so that whatever is wrong with it is one sentence at start. */
export interface Store {
  database: Database;
  keys: KeyRing;
  times: TimesConfig;
}

const SERVICES: Provider[] = [
  {
    provide: Decisions,
    useFactory: (database: Database, { BACKEND_LOST_MS }: TimesConfig) => new Decisions(database, BACKEND_LOST_MS),
    inject: [Database, TimesConfig],
  },
  {
    provide: AttachmentsService,
    useFactory: (...with_: [Database, KeyRing, TimesConfig]) => new AttachmentsService(...with_),
    inject: [Database, KeyRing, TimesConfig],
  },
  {
    provide: OperationsService,
    useFactory: (...with_: [Database, KeyRing, TimesConfig]) => new OperationsService(...with_),
    inject: [Database, KeyRing, TimesConfig],
  },
  {
    provide: BackendsService,
    useFactory: (database: Database, times: TimesConfig) => new BackendsService(database, times),
    inject: [Database, TimesConfig],
  },
  { provide: PruningService, useFactory: (database: Database) => new PruningService(database), inject: [Database] },
  { provide: OperationLog, useFactory: (database: Database) => new OperationLog(database), inject: [Database] },
  { provide: VolumeMetadataService, useFactory: (database: Database) => new VolumeMetadataService(database), inject: [Database] },
  { provide: VolumeTotalsService, useFactory: (database: Database) => new VolumeTotalsService(database), inject: [Database] },
  { provide: VolumeTypesService, useFactory: (database: Database) => new VolumeTypesService(database), inject: [Database] },
  { provide: QosSpecsService, useFactory: (database: Database) => new QosSpecsService(database), inject: [Database] },
  {
    provide: EncryptionsService,
    useFactory: (...with_: [Database, VolumeTypesService]) => new EncryptionsService(...with_),
    inject: [Database, VolumeTypesService],
  },
  {
    provide: VolumesService,
    useFactory: (...with_: [Database, VolumeTypesService, BackendsService, Decisions]) => new VolumesService(...with_),
    inject: [Database, VolumeTypesService, BackendsService, Decisions],
  },
  {
    provide: VolumeActionsService,
    useFactory: (...with_: [Database, Decisions]) => new VolumeActionsService(...with_),
    inject: [Database, Decisions],
  },
  {
    provide: ConnectionsService,
    useFactory: (...with_: [Database, KeyRing, Decisions]) => new ConnectionsService(...with_),
    inject: [Database, KeyRing, Decisions],
  },
];

@Module({})
export class AttachmentsModule {
  static forRoot({ database, keys, times }: Store): DynamicModule {
    const store: Provider[] = [
      { provide: Database, useValue: database },
      { provide: KeyRing, useValue: keys },
      { provide: TimesConfig, useValue: times },
    ];
    return { module: AttachmentsModule, global: true, providers: [...store, ...SERVICES], exports: [...store, ...SERVICES] };
  }
}
