import { Controller, Get, Param } from '@nestjs/common';
import { type Caller as CallerFacts, EncryptionsService } from '@app/attachments';
import { ServiceError } from '@app/domain';
import { Describes } from '../openapi/describes.js';
import { Caller } from '../openstack/request-context.js';
import { VOLUME_ENCRYPTION_ROUTES } from './encryption.descriptions.js';
import { volumeEncryption } from './encryption.view.js';

/** What compute needs to open an encrypted volume (spec: volumes-surface §4). */
@Controller('v3/volumes/:id/encryption')
@Describes(VOLUME_ENCRYPTION_ROUTES)
export class VolumeEncryptionController {
  constructor(private readonly encryptions: EncryptionsService) {}

  @Get()
  async list(@Param('id') id: string, @Caller() caller: CallerFacts) {
    return volumeEncryption(await this.encryptions.ofVolume(caller, id));
  }

  /** The bare value, as text; nothing where it is null. */
  @Get(':key')
  async show(@Param('id') id: string, @Param('key') key: string, @Caller() caller: CallerFacts): Promise<string> {
    const metadata = volumeEncryption(await this.encryptions.ofVolume(caller, id));
    if (!Object.hasOwn(metadata, key)) throw new ServiceError('notFound', `Volume ${id} has no encryption metadata with key ${key}.`);
    return String(metadata[key] ?? '');
  }
}
