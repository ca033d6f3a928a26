import type { IncomingMessage } from 'node:http';
import type { ErrorKind } from '@app/domain';

export interface Fault {
  code: number;
  name: string;
}

/** A new kind of error does not compile until it has a fault (spec: microversions-and-errors §5). */
const FAULTS: Record<ErrorKind, Fault> = {
  invalid: { code: 400, name: 'badRequest' },
  unauthorized: { code: 401, name: 'unauthorized' },
  forbidden: { code: 403, name: 'forbidden' },
  notFound: { code: 404, name: 'itemNotFound' },
  notAcceptable: { code: 406, name: 'computeFault' },
  conflict: { code: 409, name: 'conflictingRequest' },
  preconditionFailed: { code: 412, name: 'computeFault' },
  tooLarge: { code: 413, name: 'overLimit' },
  unsupportedMediaType: { code: 415, name: 'badMediaType' },
  backend: { code: 500, name: 'computeFault' },
  lost: { code: 500, name: 'computeFault' },
  unavailable: { code: 503, name: 'serviceUnavailable' },
  unknownYet: { code: 504, name: 'computeFault' }, // the wait limit: the work goes on
};

/** Compute repeats update and delete of an attachment after 500 and 504, and after nothing else; both may be repeated without harm. */
const REPEATED: Partial<Record<ErrorKind, Fault>> = {
  lost: { code: 504, name: 'computeFault' },
  unavailable: { code: 504, name: 'computeFault' },
};

export const FAULT_KINDS = Object.keys(FAULTS) as ErrorKind[];

/** Seconds until a caller who was refused for want of room, or of the database, may come back. */
export const RETRY_AFTER = '1';

type Asked = Pick<IncomingMessage, 'method' | 'url'>;

export const faultOf = (kind: ErrorKind, asked: Asked): Fault => (isRepeated(asked) && REPEATED[kind]) || FAULTS[kind];

export const faultBody = ({ code, name }: Fault, message: string) => ({ [name]: { code, message } });

/** A call on one attachment, in any of the forms of its URL. */
export const isAboutAttachment = ({ url = '' }: Asked): boolean => url.includes('/attachments/');

const isRepeated = (asked: Asked): boolean => (asked.method === 'PUT' || asked.method === 'DELETE') && isAboutAttachment(asked);
