import { All, Controller, Get, HttpCode, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { Describes } from '../openapi/describes.js';
import { Public } from './api.guard.js';
import { endpointOf } from './links.js';
import { VERSIONS_ROUTES } from './versions.descriptions.js';
import { versions } from './versions.view.js';

/** How clients find out what we speak (spec: microversions-and-errors §1). */
@Controller()
@Describes(VERSIONS_ROUTES)
export class VersionsController {
  constructor(@Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  @All()
  @Public()
  @HttpCode(300)
  root(@Req() request: FastifyRequest) {
    return versions(endpointOf(request, this.config.PUBLIC_ENDPOINT));
  }

  /** `/v3/` for the client; without the slash the edge has redirected it. */
  @Get('v3')
  @Public()
  v3(@Req() request: FastifyRequest) {
    return versions(endpointOf(request, this.config.PUBLIC_ENDPOINT));
  }
}
