import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ServiceError } from '@app/domain';
import type { FastifyRequest } from 'fastify';
import { isAtLeast, microversion } from '../openstack/microversion.js';
import { HasOneProperty, IsRequired, IsTextMap, IsType } from '../openstack/rules.js';

export class SetVolumeMetadata {
  @IsRequired() @IsTextMap() @IsType('object') readonly metadata: Record<string, string>;
}

export class SetVolumeMetadataKey {
  @IsRequired() @IsTextMap() @HasOneProperty() @IsType('object') readonly meta: Record<string, string>;
}

/** @throws invalid unless the one key in the body is the one in the path. */
export function metaOf(key: string, { meta }: SetVolumeMetadataKey): Record<string, string> {
  if (!Object.hasOwn(meta, key)) throw new ServiceError('invalid', 'Request body and URI mismatch');
  return meta;
}

/** Tags are there since 3.15, so that nobody overwrites what he has not seen. */
export const TAGS_SINCE = microversion('3.15');

/** The tags one of which the metadata must still have; null: it may be any. */
export const Seen = createParamDecorator((_: unknown, context: ExecutionContext): string[] | null => {
  const { headers, openstack } = context.switchToHttp().getRequest<FastifyRequest>();
  return isAtLeast(openstack.version, TAGS_SINCE) ? tagsOf(headers['if-match']) : null;
});

/** With or without quotation marks. */
function tagsOf(ifMatch: string | undefined): string[] | null {
  const tags = ifMatch?.split(',').map((tag) => tag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1')) ?? ['*'];
  return tags.includes('*') ? null : tags;
}
