import { All, Controller, Get, HttpCode, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { Public } from './api.guard.js';
import { endpointOf } from './links.js';
import { VENDOR_MEDIA_TYPE } from './media-type.js';
import { MAX_VERSION, MIN_VERSION, printed } from './microversion.js';

/** How clients find out what we speak (spec: microversions-and-errors §1). */
@Controller()
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
  v3(@Req() request: FastifyRequest) {
    return versions(endpointOf(request, this.config.PUBLIC_ENDPOINT));
  }
}

const versions = (endpoint: string) => ({
  versions: [
    {
      id: 'v3.0',
      status: 'CURRENT',
      version: printed(MAX_VERSION),
      min_version: printed(MIN_VERSION),
      updated: '2023-08-31T00:00:00Z',
      links: [
        { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
        { rel: 'self', href: `${endpoint}/v3/` },
      ],
      'media-types': [{ base: 'application/json', type: `${VENDOR_MEDIA_TYPE};version=3` }],
    },
  ],
});
