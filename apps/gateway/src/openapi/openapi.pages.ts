import type { OnModuleInit, Type } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { faultBody, faultOf } from '../openstack/faults.js';
import type { GatewayAdapter } from '../openstack/gateway.adapter.js';
import type { Query } from '../openstack/list-query.js';
import { JSON_MEDIA_TYPE } from '../openstack/media-type.js';
import { type Microversion, negotiate, printed } from '../openstack/microversion.js';
import { docsPage } from './docs-page.js';
import { type OpenApiDocument, openApiDocument } from './openapi.js';

const HTML = { 'Content-Type': 'text/html; charset=UTF-8', 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };

/** `/openapi.json` and `/docs`, beside Nest's routes: they describe the API and are no part of it, and nobody needs a token to read them. */
export class OpenApiPages implements OnModuleInit {
  private readonly documents = new Map<string, OpenApiDocument>();

  constructor(
    private readonly host: HttpAdapterHost<GatewayAdapter>,
    private readonly controllers: readonly Type[],
  ) {}

  onModuleInit(): void {
    this.serve('/openapi.json', (reply, document) => reply.header('Content-Type', JSON_MEDIA_TYPE).send(JSON.stringify(document)));
    this.serve('/docs', (reply, document) => reply.headers(HTML).send(docsPage(document)));
  }

  private serve(url: string, answer: (reply: FastifyReply, document: OpenApiDocument) => FastifyReply): void {
    this.host.httpAdapter.getInstance().get(url, (request: FastifyRequest, reply: FastifyReply) => {
      const { microversion = 'latest' } = request.query as Query;
      const { version, refusal } = negotiate(`volume ${[microversion].flat().join(' ')}`);
      if (!refusal) return answer(reply, this.documentAt(version));
      const fault = faultOf(refusal.kind, request);
      return reply.status(fault.code).header('Content-Type', JSON_MEDIA_TYPE).send(faultBody(fault, refusal.message));
    });
  }

  /** Made when it is first asked for. */
  private documentAt(version: Microversion): OpenApiDocument {
    const key = printed(version);
    const document = this.documents.get(key) ?? openApiDocument(this.controllers, version);
    this.documents.set(key, document);
    return document;
  }
}
