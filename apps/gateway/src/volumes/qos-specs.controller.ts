import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query as QueryOf, Req } from '@nestjs/common';
import { type Caller as CallerFacts, QosSpecsService } from '@app/attachments';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { Describes } from '../openapi/describes.js';
import { booleanParameter } from '../openstack/boolean-words.js';
import { nextLink, placeOf } from '../openstack/links.js';
import { parseListQuery, type Query } from '../openstack/list-query.js';
import { RequestBody } from '../openstack/request-body.js';
import { Body, Caller } from '../openstack/request-context.js';
import { QOS_SPECS_LIST_RULES } from './qos-specs-list.rules.js';
import { QOS_SPECS_ROUTES } from './qos-specs.descriptions.js';
import { changesOf, CreateQosSpecs, newQosSpecs, RemoveQosKeys, SetQosSpecs, typeIn } from './qos-specs.requests.js';
import { QOS_SPECS_PATH, qosAssociations, qosSpecsDetail, qosSpecsView } from './qos-specs.view.js';

/** QoS specs, and the volume types that have them (spec: volumes-surface §3.3). Only administrators see them at all. */
@Controller('v3/qos-specs')
@Describes(QOS_SPECS_ROUTES)
export class QosSpecsController {
  constructor(
    private readonly qosSpecs: QosSpecsService,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Caller() caller: CallerFacts, @QueryOf() query: Query) {
    const { version } = request.openstack;
    const asked = parseListQuery(query, QOS_SPECS_LIST_RULES, { isAdmin: caller.isAdmin, version }, this.config.OSAPI_MAX_LIMIT);
    const found = await this.qosSpecs.list(caller, asked);
    const next = nextLink(QOS_SPECS_PATH, query, found, { ...placeOf(request, caller.projectId, this.config), limit: asked.limit });
    return { qos_specs: found.map(qosSpecsDetail), ...(next.length > 0 && { qos_specs_links: next }) };
  }

  @Get(':id')
  async show(@Param('id') id: string, @Req() request: FastifyRequest, @Caller() caller: CallerFacts) {
    return qosSpecsView(await this.qosSpecs.find(id), placeOf(request, caller.projectId, this.config));
  }

  @Post()
  @HttpCode(200)
  async create(@Req() request: FastifyRequest, @Caller() caller: CallerFacts, @RequestBody(CreateQosSpecs) { qos_specs }: CreateQosSpecs) {
    return qosSpecsView(await this.qosSpecs.create(newQosSpecs(qos_specs)), placeOf(request, caller.projectId, this.config));
  }

  /** The answer is what was sent. */
  @Put(':id')
  async update(@Param('id') id: string, @Body() sent: unknown, @RequestBody(SetQosSpecs) { qos_specs }: SetQosSpecs) {
    await this.qosSpecs.update(id, changesOf(qos_specs));
    return sent;
  }

  @Put(':id/delete_keys')
  @HttpCode(202)
  async removeKeys(@Param('id') id: string, @RequestBody(RemoveQosKeys) { keys }: RemoveQosKeys): Promise<void> {
    await this.qosSpecs.removeKeys(id, keys);
  }

  @Delete(':id')
  @HttpCode(202)
  async remove(@Param('id') id: string, @QueryOf() query: Query): Promise<void> {
    await this.qosSpecs.remove(id, booleanParameter(query, 'force'));
  }

  @Get(':id/associations')
  async associations(@Param('id') id: string) {
    return qosAssociations(await this.qosSpecs.associations(id));
  }

  /** Clients change it by GET: this and the two that follow. */
  @Get(':id/associate')
  @HttpCode(202)
  async associate(@Param('id') id: string, @QueryOf() query: Query): Promise<void> {
    await this.qosSpecs.associate(id, typeIn(query));
  }

  @Get(':id/disassociate')
  @HttpCode(202)
  async disassociate(@Param('id') id: string, @QueryOf() query: Query): Promise<void> {
    await this.qosSpecs.disassociate(id, typeIn(query));
  }

  @Get(':id/disassociate_all')
  @HttpCode(202)
  async disassociateAll(@Param('id') id: string): Promise<void> {
    await this.qosSpecs.disassociateAll(id);
  }
}
