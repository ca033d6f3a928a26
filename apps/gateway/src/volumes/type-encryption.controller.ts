import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { type Caller as CallerFacts, encryptionNotFound, EncryptionsService } from '@app/attachments';
import { Describes } from '../openapi/describes.js';
import { RequestBody } from '../openstack/request-body.js';
import { Body, Caller } from '../openstack/request-context.js';
import { TYPE_ENCRYPTION_ROUTES } from './encryption.descriptions.js';
import { changesOf, CreateEncryption, newEncryption, UpdateEncryption } from './encryption.requests.js';
import { createdEncryption, typeEncryption } from './encryption.view.js';

/** How the volumes of a type are encrypted (spec: volumes-surface §3.2): one record, so what stands behind it in a path is not looked at. */
@Controller('v3/types/:id/encryption')
@Describes(TYPE_ENCRYPTION_ROUTES)
export class TypeEncryptionController {
  constructor(private readonly encryptions: EncryptionsService) {}

  @Get()
  async list(@Param('id') id: string, @Caller() caller: CallerFacts) {
    return typeEncryption(await this.encryptions.find(caller, id));
  }

  @Get(':key')
  async show(@Param('id') id: string, @Param('key') key: string, @Caller() caller: CallerFacts) {
    const specs = typeEncryption(await this.encryptions.find(caller, id));
    if (!Object.hasOwn(specs, key)) throw encryptionNotFound(id);
    return { [key]: specs[key] };
  }

  @Post()
  @HttpCode(200)
  async create(@Param('id') id: string, @Caller() caller: CallerFacts, @RequestBody(CreateEncryption) { encryption }: CreateEncryption) {
    return createdEncryption(await this.encryptions.create(caller, id, newEncryption(encryption)));
  }

  /** The answer is what was sent. */
  @Put(':key')
  async update(
    @Param('id') id: string,
    @Caller() caller: CallerFacts,
    @Body() sent: unknown,
    @RequestBody(UpdateEncryption) { encryption }: UpdateEncryption,
  ) {
    await this.encryptions.update(caller, id, changesOf(encryption));
    return sent;
  }

  @Delete(':key')
  @HttpCode(202)
  async remove(@Param('id') id: string, @Caller() caller: CallerFacts): Promise<void> {
    await this.encryptions.remove(caller, id);
  }
}
