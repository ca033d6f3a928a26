import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query as QueryOf, Req } from '@nestjs/common';
import { type Caller as CallerFacts, type VolumeRecord, VolumesService } from '@app/attachments';
import { invalidInput, ServiceError } from '@app/domain';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { Describes } from '../openapi/describes.js';
import { nextLink, placeOf } from '../openstack/links.js';
import { parseListQuery, type Query } from '../openstack/list-query.js';
import { booleanOf, booleanParameter } from '../openstack/boolean-words.js';
import { isAtLeast, microversion } from '../openstack/microversion.js';
import { RequestBody } from '../openstack/request-body.js';
import { Caller } from '../openstack/request-context.js';
import { ResourceFilters } from '../openstack/resource-filters.js';
import { leave } from '../policy/policy.parts.js';
import { noted } from '../operations/noted.js';
import { OperationWaiter } from '../operations/operation.waiter.js';
import { newVolumeRules } from './new-volume-rules.js';
import { VOLUME_LIST_RULES } from './volume-list.rules.js';
import { VOLUME_ROUTES } from './volume.descriptions.js';
import { changesOf, CreateStrictVolume, CreateVolume, type NewStrictVolume, ORIGINS, UpdateVolume } from './volume.requests.js';
import { type Audience, volumeDetail, volumeSummary } from './volume.view.js';

const COUNTED_SINCE = microversion('3.45');

/** Volumes as far as an attachment needs them. */
@Controller('v3/volumes')
@Describes(VOLUME_ROUTES)
export class VolumesController {
  constructor(
    private readonly volumes: VolumesService,
    private readonly waiter: OperationWaiter,
    private readonly filters: ResourceFilters,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Get()
  list(@Req() request: FastifyRequest, @Caller() caller: CallerFacts, @QueryOf() query: Query) {
    return this.page(request, caller, { query, path: 'volumes', view: volumeSummary });
  }

  @Get('detail')
  listDetail(@Req() request: FastifyRequest, @Caller() caller: CallerFacts, @QueryOf() query: Query) {
    return this.page(request, caller, { query, path: 'volumes/detail', view: volumeDetail });
  }

  @Get(':id')
  async show(@Param('id') id: string, @Req() request: FastifyRequest, @Caller() caller: CallerFacts) {
    return this.view(request, caller, await this.volumes.find(caller, id));
  }

  @Post()
  @HttpCode(202)
  async create(
    @Req() request: FastifyRequest,
    @Caller() caller: CallerFacts,
    @RequestBody(CreateVolume, ['3.53', CreateStrictVolume]) { volume: wanted }: CreateStrictVolume,
  ) {
    if (caller.projectId === '') throw invalidInput('a volume belongs to a project, and the token names none.');
    const rules = { ...newVolumeRules(this.config), leaveToShare: leave(request.openstack.may, 'volume:multiattach') };
    const { volume, promised } = await this.volumes.create(caller, newVolume(wanted), rules);
    if (promised) this.waiter.ring(noted(promised), caller.requestId);
    return this.view(request, caller, volume);
  }

  @Put(':id')
  async update(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: CallerFacts,
    @RequestBody(UpdateVolume) { volume }: UpdateVolume,
  ) {
    return this.view(request, caller, await this.volumes.update(caller, id, changesOf(volume)));
  }

  @Delete(':id')
  @HttpCode(202)
  async delete(@Param('id') id: string, @Caller() caller: CallerFacts): Promise<void> {
    const promised = await this.volumes.beginDelete(caller, id);
    if (promised) this.waiter.ring(noted(promised), caller.requestId);
  }

  private async page<T>(request: FastifyRequest, caller: CallerFacts, { query, path, view }: Page<T>) {
    const { version } = request.openstack;
    const rules = this.filters.appliedTo(VOLUME_LIST_RULES);
    const asked = parseListQuery(query, rules, { isAdmin: caller.isAdmin, version }, this.config.OSAPI_MAX_LIMIT);
    const volumes = await this.volumes.list(caller, asked);
    const audience = this.audience(request, caller);
    const next = nextLink(path, query, volumes, { ...audience, limit: asked.limit });
    const counted = isAtLeast(version, COUNTED_SINCE) && booleanParameter(query, 'with_count');
    return {
      volumes: volumes.map((volume) => view(volume, audience)),
      ...(next.length > 0 && { volumes_links: next }),
      ...(counted && { count: await this.volumes.count(caller, asked) }),
    };
  }

  private view(request: FastifyRequest, caller: CallerFacts, volume: VolumeRecord) {
    return { volume: volumeDetail(volume, this.audience(request, caller)) };
  }

  private audience(request: FastifyRequest, caller: CallerFacts): Audience {
    const { version, may } = request.openstack;
    return { caller, version, may, ...placeOf(request, caller.projectId, this.config) };
  }
}

interface Page<T> {
  query: Query;
  path: string;
  view: (volume: VolumeRecord, audience: Audience) => T;
}

/** @throws invalid: what is asked for is not made here, and an empty volume instead of a copy would be a trap. */
function newVolume(wanted: NewStrictVolume) {
  if (booleanOf(wanted.multiattach) === true) throw new ServiceError('invalid', MULTIATTACH_IS_OF_THE_TYPE);
  const origin = ORIGINS.find((key) => wanted[key] != null);
  if (origin !== undefined) throw invalidInput(`a volume can not be created from ${origin} here.`);
  if (wanted.size == null) throw invalidInput('Volume size must be an integer and greater than 0.');
  return {
    size: Number(wanted.size),
    name: wanted.name ?? null,
    description: wanted.description ?? null,
    metadata: wanted.metadata ?? {},
    volumeType: wanted.volume_type ?? null,
    availabilityZone: wanted.availability_zone ?? null,
  };
}

const MULTIATTACH_IS_OF_THE_TYPE =
  'multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types. Contact your administrator ' +
  'to create a multiattach enabled volume type and use it to create multiattach volumes.';
