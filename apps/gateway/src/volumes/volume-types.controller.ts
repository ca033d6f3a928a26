import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query as QueryOf } from '@nestjs/common';
import { type Caller as CallerFacts, type VolumeTypeRecord, VolumeTypesService } from '@app/attachments';
import { ServiceError } from '@app/domain';
import { GatewayConfig } from '../gateway.config.js';
import { Describes } from '../openapi/describes.js';
import type { Query } from '../openstack/list-query.js';
import { RequestBody } from '../openstack/request-body.js';
import { Body, Caller, May } from '../openstack/request-context.js';
import type { May as MayOf } from '../policy/policy.parts.js';
import { VOLUME_TYPE_ROUTES } from './volume-type.descriptions.js';
import { changesOf, CreateVolumeType, decodeExtraSpec, publicWanted, SetExtraSpecs, UpdateVolumeType } from './volume-type.requests.js';
import { extraSpecsFor, volumeTypeDetail, volumeTypeView } from './volume-type.view.js';

/** Volume types, so that multiattach volumes exist (spec: volumes-surface §3). Only administrators change them. */
@Controller('v3/types')
@Describes(VOLUME_TYPE_ROUTES)
export class VolumeTypesController {
  constructor(
    private readonly types: VolumeTypesService,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Get()
  async list(@Caller() caller: CallerFacts, @May() may: MayOf, @QueryOf() query: Query) {
    const types = await this.types.list(caller, caller.isAdmin ? publicWanted(query) : true);
    return { volume_types: types.map((type) => volumeTypeDetail(type, may)) };
  }

  @Get('default')
  async showDefault(@May() may: MayOf) {
    return volumeTypeView(await this.types.findDefault(this.config.DEFAULT_VOLUME_TYPE ?? null), may);
  }

  @Get(':id')
  async show(@Param('id') id: string, @Caller() caller: CallerFacts, @May() may: MayOf) {
    return volumeTypeView(await this.types.find(caller, id), may);
  }

  @Post()
  @HttpCode(200)
  async create(@Caller() caller: CallerFacts, @May() may: MayOf, @RequestBody(CreateVolumeType) { volume_type }: CreateVolumeType) {
    const { name, description = null, extra_specs, 'os-volume-type-access:is_public': isPublic = true } = volume_type;
    const type = await this.types.create(caller, { name, description, isPublic, extraSpecs: extra_specs ?? {} });
    return volumeTypeView(type, may);
  }

  @Put(':id')
  async update(
    @Param('id') id: string,
    @Caller() caller: CallerFacts,
    @May() may: MayOf,
    @RequestBody(UpdateVolumeType) { volume_type }: UpdateVolumeType,
  ) {
    return volumeTypeView(await this.types.update(caller, id, changesOf(volume_type)), may);
  }

  @Delete(':id')
  @HttpCode(202)
  async remove(@Param('id') id: string, @Caller() caller: CallerFacts): Promise<void> {
    const type = await this.types.find(caller, id);
    if (this.isDefault(type))
      throw new ServiceError('invalid', `The volume type ${type.id} is a default volume type and cannot be deleted.`);
    await this.types.remove(caller, type.id);
  }

  @Get(':id/extra_specs')
  async extraSpecs(@Param('id') id: string, @Caller() caller: CallerFacts, @May() may: MayOf) {
    return { extra_specs: extraSpecsFor(await this.types.extraSpecs(caller, id), may) };
  }

  @Get(':id/extra_specs/:key')
  async extraSpec(@Param() { id, key }: { id: string; key: string }, @Caller() caller: CallerFacts, @May() may: MayOf) {
    const specs = extraSpecsFor(await this.types.extraSpecs(caller, id), may);
    if (!Object.hasOwn(specs, key)) throw new ServiceError('notFound', `Volume Type ${id} has no extra specs with key ${key}.`);
    return { [key]: specs[key] };
  }

  @Post(':id/extra_specs')
  @HttpCode(200)
  async setExtraSpecs(@Param('id') id: string, @Caller() caller: CallerFacts, @RequestBody(SetExtraSpecs) { extra_specs }: SetExtraSpecs) {
    return { extra_specs: await this.types.setExtraSpecs(caller, id, extra_specs) };
  }

  @Put(':id/extra_specs/:key')
  async setExtraSpec(@Param('id') id: string, @Param('key') key: string, @Caller() caller: CallerFacts, @Body() body: unknown) {
    return this.types.setExtraSpecs(caller, id, decodeExtraSpec(key, body));
  }

  @Delete(':id/extra_specs/:key')
  @HttpCode(202)
  async removeExtraSpec(@Param('id') id: string, @Param('key') key: string, @Caller() caller: CallerFacts): Promise<void> {
    await this.types.removeExtraSpec(caller, id, key);
  }

  private isDefault({ id, name }: VolumeTypeRecord): boolean {
    return [id, name].includes(this.config.DEFAULT_VOLUME_TYPE ?? '');
  }
}
