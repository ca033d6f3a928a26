import { randomUUID } from 'node:crypto';
import { maxHeaderSize } from 'node:http';
import type { Socket } from 'node:net';
import { DEFAULT_TEXT } from '@app/domain';
import { TEXT_MEDIA_TYPE } from '../openstack/media-type.js';
import { type PlainFault, plainText } from '../openstack/plain-fault.js';

const MALFORMED: PlainFault = { code: 400, title: 'Bad Request', text: DEFAULT_TEXT.invalid };
const LATE: PlainFault = { code: 408, title: 'Request Timeout', text: 'The request did not arrive in time.' };
const LONG_HEADERS: PlainFault = {
  code: 431,
  title: 'Request Header Fields Too Large',
  text: `The request line and the headers may have ${maxHeaderSize} bytes together.`,
};
const FAULTS: Record<string, PlainFault> = { ERR_HTTP_REQUEST_TIMEOUT: LATE, HPE_HEADER_OVERFLOW: LONG_HEADERS };

/**
 * Ends a connection on which something came that is no request, with a word about it where one can be heard: not behind a request that is
 * still at work (`isAtWork`), whose answer it would be taken for.
 */
export function refuseUnreadable({ code = '' }: NodeJS.ErrnoException, socket: Socket, isAtWork: boolean): void {
  if (code !== 'ECONNRESET' && socket.writable && !isAtWork) socket.write(written(FAULTS[code] ?? MALFORMED));
  socket.destroySoon();
}

function written(fault: PlainFault): string {
  const text = plainText(fault);
  const headers = [
    `HTTP/1.1 ${fault.code} ${fault.title}`,
    `Content-Type: ${TEXT_MEDIA_TYPE}`,
    `Content-Length: ${text.length}`,
    `x-openstack-request-id: req-${randomUUID()}`,
    'Connection: close',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${text}`;
}
