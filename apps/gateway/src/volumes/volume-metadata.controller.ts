import { Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { type Caller as CallerFacts, VolumeMetadataService } from '@app/attachments';
import type { FastifyReply } from 'fastify';
import { Describes } from '../openapi/describes.js';
import { isAtLeast, type Microversion } from '../openstack/microversion.js';
import { RequestBody } from '../openstack/request-body.js';
import { Caller, Version } from '../openstack/request-context.js';
import { VOLUME_METADATA_ROUTES } from './volume-metadata.descriptions.js';
import { metaOf, Seen, SetVolumeMetadata, SetVolumeMetadataKey, TAGS_SINCE } from './volume-metadata.requests.js';

/** spec: volumes-surface §3.1 */
@Controller('v3/volumes/:id/metadata')
@Describes(VOLUME_METADATA_ROUTES)
export class VolumeMetadataController {
  constructor(private readonly metadata: VolumeMetadataService) {}

  @Get()
  async list(
    @Param('id') id: string,
    @Caller() caller: CallerFacts,
    @Version() version: Microversion,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { metadata, tag } = await this.metadata.find(caller, id);
    if (isAtLeast(version, TAGS_SINCE)) void reply.header('Etag', tag);
    return { metadata };
  }

  @Get(':key')
  async show(@Param('id') id: string, @Param('key') key: string, @Caller() caller: CallerFacts) {
    return { meta: { [key]: await this.metadata.value(caller, id, key) } };
  }

  @Post()
  @HttpCode(200)
  async merge(@Param('id') id: string, @Caller() caller: CallerFacts, @RequestBody(SetVolumeMetadata) { metadata }: SetVolumeMetadata) {
    return { metadata: await this.metadata.merge(caller, id, metadata) };
  }

  @Put()
  async replace(
    @Param('id') id: string,
    @Caller() caller: CallerFacts,
    @Seen() tags: string[] | null,
    @RequestBody(SetVolumeMetadata) { metadata }: SetVolumeMetadata,
  ) {
    return { metadata: await this.metadata.replace(caller, id, metadata, tags) };
  }

  @Put(':key')
  async set(
    @Param() { id, key }: { id: string; key: string },
    @Caller() caller: CallerFacts,
    @Seen() tags: string[] | null,
    @RequestBody(SetVolumeMetadataKey) body: SetVolumeMetadataKey,
  ) {
    const meta = metaOf(key, body);
    await this.metadata.merge(caller, id, meta, tags);
    return { meta };
  }

  @Delete(':key')
  @HttpCode(200)
  async remove(@Param('id') id: string, @Param('key') key: string, @Caller() caller: CallerFacts): Promise<void> {
    await this.metadata.remove(caller, id, key);
  }
}
