import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { type Caller as CallerFacts, VolumeTypesService } from '@app/attachments';
import { policyRefuses, ServiceError } from '@app/domain';
import { RequestBody } from '../openstack/request-body.js';
import { Body, Caller } from '../openstack/request-context.js';
import { CreateVolumeType, decodeExtraSpec, SetExtraSpecs } from './volume-type.requests.js';
import { extraSpecsFor, volumeTypeDetail, volumeTypeView } from './volume-type.view.js';

/** Volume types, so that multiattach volumes exist (spec: volumes-surface §3). Only administrators change them. */
@Controller('v3/types')
export class VolumeTypesController {
  constructor(private readonly types: VolumeTypesService) {}

  @Get()
  async list(@Caller() caller: CallerFacts) {
    return { volume_types: (await this.types.list(caller)).map((type) => volumeTypeDetail(type, caller.isAdmin)) };
  }

  @Get(':id')
  async show(@Param('id') id: string, @Caller() caller: CallerFacts) {
    return volumeTypeView(await this.types.find(caller, id), caller.isAdmin);
  }

  @Post()
  @HttpCode(200)
  async create(@Caller() caller: CallerFacts, @RequestBody(CreateVolumeType) { volume_type }: CreateVolumeType) {
    refuseUnlessAdmin(caller, 'volume_extension:type_create');
    const { name, description = null, extra_specs, 'os-volume-type-access:is_public': isPublic = true } = volume_type;
    const type = await this.types.create(caller, { name, description, isPublic, extraSpecs: extra_specs ?? {} });
    return volumeTypeView(type, caller.isAdmin);
  }

  @Delete(':id')
  @HttpCode(202)
  async remove(@Param('id') id: string, @Caller() caller: CallerFacts): Promise<void> {
    refuseUnlessAdmin(caller, 'volume_extension:type_delete');
    await this.types.remove(caller, id);
  }

  @Get(':id/extra_specs')
  async extraSpecs(@Param('id') id: string, @Caller() caller: CallerFacts) {
    return { extra_specs: extraSpecsFor(await this.types.extraSpecs(caller, id), caller.isAdmin) };
  }

  @Get(':id/extra_specs/:key')
  async extraSpec(@Param('id') id: string, @Param('key') key: string, @Caller() caller: CallerFacts) {
    const specs = extraSpecsFor(await this.types.extraSpecs(caller, id), caller.isAdmin);
    if (!Object.hasOwn(specs, key)) throw new ServiceError('notFound', `Volume Type ${id} has no extra specs with key ${key}.`);
    return { [key]: specs[key] };
  }

  @Post(':id/extra_specs')
  @HttpCode(200)
  async setExtraSpecs(@Param('id') id: string, @Caller() caller: CallerFacts, @RequestBody(SetExtraSpecs) { extra_specs }: SetExtraSpecs) {
    refuseUnlessAdmin(caller, 'volume_extension:types_extra_specs:create');
    return { extra_specs: await this.types.setExtraSpecs(caller, id, extra_specs) };
  }

  @Put(':id/extra_specs/:key')
  async setExtraSpec(@Param('id') id: string, @Param('key') key: string, @Caller() caller: CallerFacts, @Body() body: unknown) {
    refuseUnlessAdmin(caller, 'volume_extension:types_extra_specs:update');
    return this.types.setExtraSpecs(caller, id, decodeExtraSpec(key, body));
  }

  @Delete(':id/extra_specs/:key')
  @HttpCode(202)
  async removeExtraSpec(@Param('id') id: string, @Param('key') key: string, @Caller() caller: CallerFacts): Promise<void> {
    refuseUnlessAdmin(caller, 'volume_extension:types_extra_specs:delete');
    await this.types.removeExtraSpec(caller, id, key);
  }
}

function refuseUnlessAdmin(caller: CallerFacts, rule: string): void {
  if (!caller.isAdmin) throw policyRefuses(rule);
}
