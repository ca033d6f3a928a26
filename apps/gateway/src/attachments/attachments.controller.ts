import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query as QueryOf } from '@nestjs/common';
import { AttachmentsService, type Caller as CallerFacts, type ListQuery } from '@app/attachments';
import { annotate } from '@app/platform';
import { backendFailure, createFailed, isConnector, outcomeUnknown } from '@app/domain';
import { GatewayConfig } from '../gateway.config.js';
import { NovaGuard, type NovaRequester, Requester } from '../nova/nova.guard.js';
import { Describes } from '../openapi/describes.js';
import { Caller, May, Version } from '../openstack/request-context.js';
import { Actions } from '../openstack/actions.js';
import { resourceNotFound } from '../openstack/api.guard.js';
import { parseListQuery, type Query } from '../openstack/list-query.js';
import { Microversion } from '../openstack/microversion.js';
import { RequestBody } from '../openstack/request-body.js';
import { ResourceFilters } from '../openstack/resource-filters.js';
import { noted } from '../operations/noted.js';
import { OperationWaiter } from '../operations/operation.waiter.js';
import { leave, type May as MayOf } from '../policy/policy.parts.js';
import { ATTACHMENT_LIST_RULES } from './attachment-list.rules.js';
import { attached, completed, created, detached } from './attachment.answer.js';
import { ATTACHMENT_ROUTES } from './attachment.descriptions.js';
import { CreateAttachment, CreateAttachmentWithMode, UpdateAttachment } from './attachment.requests.js';
import { attachmentDetails, attachmentSummaries, attachmentView } from './attachment.view.js';

@Controller('v3/attachments')
@Describes(ATTACHMENT_ROUTES)
@Microversion('3.27')
export class AttachmentsController {
  constructor(
    private readonly attachments: AttachmentsService,
    private readonly waiter: OperationWaiter,
    private readonly nova: NovaGuard,
    private readonly filters: ResourceFilters,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Get()
  async list(@Caller() caller: CallerFacts, @Version() version: Microversion, @QueryOf() query: Query) {
    return attachmentSummaries(await this.attachments.list(caller, this.listQuery(caller, version, query), false));
  }

  @Get('detail')
  async listDetail(@Caller() caller: CallerFacts, @May() may: MayOf, @Version() version: Microversion, @QueryOf() query: Query) {
    return attachmentDetails(await this.attachments.list(caller, this.listQuery(caller, version, query), true), may);
  }

  /** Routes that Cinder's router has without a method behind them (spec: attachments-api §1). */
  @Get(['summary', 'new', ':id/edit'])
  nothing(): never {
    throw resourceNotFound();
  }

  @Get(':id')
  async show(@Param('id') id: string, @Caller() caller: CallerFacts, @May() may: MayOf) {
    return attachmentView(await this.attachments.find(caller, id), may);
  }

  @Post()
  @HttpCode(200)
  async create(
    @Caller() caller: CallerFacts,
    @May() may: MayOf,
    @RequestBody(CreateAttachment, ['3.54', CreateAttachmentWithMode]) { attachment }: CreateAttachment,
  ) {
    const { volume_uuid: volumeId, instance_uuid: instanceUuid = null, mode = null, connector } = attachment;
    const request = { volumeId, instanceUuid, mode, leaveToShare: leave(may, 'volume:multiattach_bootable_volume') };
    annotate({ volume_id: volumeId });
    if (!isConnector(connector)) return attachmentView(await this.reserved(caller, request), may);

    const promised = noted(await this.attachments.beginCreate(caller, { ...request, connector }));
    const look = await this.waiter.carriedOut(promised, caller);
    if (look) return attachmentView(created(look, promised.attachmentId ?? ''), may);
    // This caller can never name the id, so nobody but us could take back what may still come to be (design §6).
    const detach = await this.attachments.abandonCreate(caller, promised).catch(notTakenBack);
    if (detach) this.waiter.ring(detach, caller.requestId);
    throw createFailed(null);
  }

  @Put(':id')
  async update(
    @Param('id') id: string,
    @RequestBody(UpdateAttachment) { attachment }: UpdateAttachment,
    @Caller() caller: CallerFacts,
    @May() may: MayOf,
    @Requester() requester: NovaRequester,
  ) {
    const guard = this.nova.guardFor(requester);
    const promised = noted(await this.attachments.beginAttach(caller, id, { connector: attachment.connector, guard }));
    const look = await this.waiter.carriedOut(promised, caller);
    if (!look) throw outcomeUnknown();
    return attachmentView(attached(look, id), may);
  }

  @Delete(':id')
  async delete(@Param('id') id: string, @Caller() caller: CallerFacts, @Requester() requester: NovaRequester) {
    const begun = await this.attachments.beginDetach(caller, id, this.nova.guardFor(requester));
    if ('remaining' in begun) return attachmentSummaries(begun.remaining);

    const look = await this.waiter.carriedOut(noted(begun), caller);
    if (!look) throw outcomeUnknown();
    return attachmentSummaries(detached(look, id));
  }

  /** The value of the action is not looked at: clients send null, {} and more (spec: attachments-api §9). */
  @Post(':id/action')
  @Actions({ 'os-complete': '3.44' })
  @HttpCode(204)
  async complete(@Param('id') id: string, @Caller() caller: CallerFacts): Promise<void> {
    const promised = await this.attachments.complete(caller, id);
    if (!promised) return;
    const look = await this.waiter.carriedOut(noted(promised), caller);
    if (!look) throw backendFailure();
    completed(look, id);
  }

  private async reserved(caller: CallerFacts, request: Parameters<AttachmentsService['reserve']>[1]) {
    const reserved = await this.attachments.reserve(caller, request);
    annotate({ attachment_id: reserved.id });
    return reserved;
  }

  private listQuery(caller: CallerFacts, version: Microversion, query: Query): ListQuery {
    const rules = this.filters.appliedTo(ATTACHMENT_LIST_RULES);
    return parseListQuery(query, rules, { isAdmin: caller.isAdmin, version }, this.config.OSAPI_MAX_LIMIT);
  }
}

/** The promise stands, so "nothing was done" would not be true. */
function notTakenBack(cause: unknown): never {
  throw backendFailure(createFailed(null).message, { cause });
}
