import type { IncomingMessage } from 'node:http';
import { DEFAULT_TEXT, type ErrorKind } from '@app/domain';

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

/** Another service has refused what this one needed, and its refusal is the answer. The text is this service's for the code. */
export class ForeignFault extends Error {
  override readonly name = 'ForeignFault';

  constructor(
    readonly code: number,
    options: ErrorOptions,
  ) {
    super(TEXTS[code] ?? (code < 500 ? DEFAULT_TEXT.invalid : DEFAULT_TEXT.backend), options);
  }

  get fault(): Fault {
    return { code: this.code, name: NAMES.get(this.code) ?? FAULTS.backend.name };
  }
}

const NAMES = new Map([
  ...Object.values(FAULTS).map(({ code, name }) => [code, name] as const),
  [405, 'badMethod'],
  [501, 'notImplemented'],
]);
/** Where they are not those of a bad request or of an error (spec: microversions-and-errors §5). */
const TEXTS: Record<number, string> = {
  401:
    'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials ' +
    '(e.g., bad password), or your browser does not understand how to supply the credentials required.',
  403: 'Access was denied to this resource.',
  409: 'There was a conflict when trying to complete your request.',
  413: 'The body of your request was too large for this server.',
  429: 'The client has sent too many requests in a given amount of time',
  502: 'Bad gateway.',
  503: DEFAULT_TEXT.unavailable,
  504: 'The gateway has timed out.',
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
