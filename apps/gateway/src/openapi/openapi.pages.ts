import type { OnModuleInit, Type } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { faultBody, faultOf } from '../openstack/faults.js';
import type { GatewayAdapter } from '../openstack/gateway.adapter.js';
import type { Query } from '../openstack/list-query.js';
import { JSON_MEDIA_TYPE } from '../openstack/media-type.js';
import { negotiate, printed } from '../openstack/microversion.js';
import { docsPage } from './docs-page.js';
import { type OpenApiDocument, openApiDocument } from './openapi.js';

/** The page has a form, which asks for itself, and nothing else that a browser might follow, frame or fetch. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const HTML = { 'Content-Type': 'text/html; charset=UTF-8', 'Content-Security-Policy': POLICY, 'Referrer-Policy': 'no-referrer' };

/** `/openapi.json` and `/docs`, beside Nest's routes: they describe the API and are no part of it, and nobody needs a token to read them. */
export class OpenApiPages implements OnModuleInit {
  /** Each is made when it is first asked for; for each microversion a hundred kilobytes. */
  private readonly made = new Map<string, Buffer>();

  constructor(
    private readonly host: HttpAdapterHost<GatewayAdapter>,
    private readonly controllers: readonly Type[],
  ) {}

  onModuleInit(): void {
    this.serve('/openapi.json', { 'Content-Type': JSON_MEDIA_TYPE }, (document) => JSON.stringify(document));
    this.serve('/docs', HTML, docsPage);
  }

  private serve(url: string, headers: Record<string, string>, written: (document: OpenApiDocument) => string): void {
    this.host.httpAdapter.getInstance().get(url, (request: FastifyRequest, reply: FastifyReply) => {
      const { microversion = 'latest' } = request.query as Query;
      const { version, refusal } = negotiate(`volume ${[microversion].flat().join(' ')}`);
      const write = () => written(openApiDocument(this.controllers, version));
      if (!refusal) return reply.headers(headers).send(this.page(`${url} ${printed(version)}`, write));
      const fault = faultOf(refusal.kind, request);
      return reply.status(fault.code).header('Content-Type', JSON_MEDIA_TYPE).send(faultBody(fault, refusal.message));
    });
  }

  private page(key: string, write: () => string): Buffer {
    const page = this.made.get(key) ?? Buffer.from(write());
    this.made.set(key, page);
    return page;
  }
}
