import type { FastifyReply, FastifyRequest } from 'fastify';
import { TEXT_MEDIA_TYPE } from './media-type.js';

/** A refusal from outside of the API resources: no fault body, but text, or HTML for a browser (spec: microversions-and-errors §6). */
export interface PlainFault {
  code: number;
  title: string;
  text: string;
}

export const ROUTE_NOT_FOUND: PlainFault = { code: 404, title: 'Not Found', text: 'The resource could not be found.' };
/** In keystonemiddleware's words. */
export const IDENTITY_AWAY: PlainFault = {
  code: 503,
  title: 'Service Unavailable',
  text: 'The Keystone service is temporarily unavailable.',
};
export const tooLarge = (limit: number): PlainFault => ({
  code: 413,
  title: 'Request Entity Too Large',
  text: `Request is too large. Larger than max_request_body_size (${limit}).`,
});

export const plainText = ({ code, title, text }: PlainFault): string => `${code} ${title}\n\n${text}\n\n   `;

export function sendPlain(request: FastifyRequest, reply: FastifyReply, { code, title, text }: PlainFault): FastifyReply {
  reply.status(code);
  if (!request.headers.accept?.includes('text/html')) {
    return reply.header('Content-Type', TEXT_MEDIA_TYPE).send(plainText({ code, title, text }));
  }
  const page = `<html>\n <head>\n  <title>${code} ${title}</title>\n </head>\n <body>\n  <h1>${code} ${title}</h1>\n  ${text}<br /><br />\n\n\n\n </body>\n</html>`;
  return reply.header('Content-Type', 'text/html; charset=UTF-8').send(page);
}
