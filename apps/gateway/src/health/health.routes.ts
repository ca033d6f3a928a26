import { Health, HEALTH_PATHS, healthAnswer, isStrict } from '@app/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayAdapter } from '../openstack/gateway.adapter.js';

/** Beside Nest's routes, not among them: who probes has no token, speaks no microversion, and may ask every second. */
@Injectable()
export class HealthRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<GatewayAdapter>,
    private readonly health: Health,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance();
    for (const path of HEALTH_PATHS) {
      fastify.route({
        method: ['GET', 'HEAD'],
        url: path,
        handler: async (request: FastifyRequest, reply: FastifyReply) => {
          const { method, url, headers } = request;
          const question = { path, isHead: method === 'HEAD', accept: headers.accept, strict: isStrict(url) };
          const { status, type, body } = await healthAnswer(this.health, question);
          return reply.status(status).header('Content-Type', type).send(body);
        },
      });
    }
  }
}
