import fc from 'fast-check';

/** What no client library would send, byte by byte (a character is a byte), on a connection of its own. */
export interface Shape {
  name: string;
  /** With `TOKEN` where the caller's stands. */
  bytes: string;
  /** How many answers are due; null: as many as the server likes, since this is no HTTP, or not all of it, or too much. */
  answers: number | null;
  /** The connection stays open behind it, until the server has had enough: without a word, or with a byte now and then. */
  slow?: 'silent' | 'dripping';
}

/** The name of what must never be made: it stands where no server should read a request. */
export const SMUGGLED = 'smuggled';

const CRLF = '\r\n';
/** As long as a token is, since lengths are said before it is known. */
export const TOKEN = '@token@'.padEnd('a:'.length + 32, '.');
const AUTH = `X-Auth-Token: ${TOKEN}${CRLF}OpenStack-API-Version: volume 3.71${CRLF}`;
const CLOSE = `Connection: close${CRLF}`;
const request = (line: string, headers = '', body = '') => `${line} HTTP/1.1${CRLF}Host: h${CRLF}${AUTH}${headers}${CRLF}${body}`;
const lines = (...headers: string[]) => headers.map((header) => header + CRLF).join('');

const VOLUME = JSON.stringify({ volume: { size: 1, name: SMUGGLED } });
const JSON_TYPE = 'Content-Type: application/json';
const HIDDEN = request('POST /v3/volumes', lines(JSON_TYPE, `Content-Length: ${VOLUME.length}`), VOLUME);
const list = (headers: string, body = '') => request('GET /v3/volumes', headers, body);
const post = (headers: string, body = '') => request('POST /v3/volumes', lines(JSON_TYPE) + headers, body);
const CHUNKED = 'Transfer-Encoding: chunked';

/** A request that an intermediary might cut elsewhere than we do: none may be carried out that is a part of another one's body, or of nothing. */
const SMUGGLING: Record<string, string> = {
  'a length and chunks': post(lines(`Content-Length: ${HIDDEN.length + 5}`, CHUNKED), `0${CRLF}${CRLF}${HIDDEN}`),
  'chunks and a length of 0': post(
    lines(CHUNKED, 'Content-Length: 0'),
    `${HIDDEN.length.toString(16)}${CRLF}${HIDDEN}${CRLF}0${CRLF}${CRLF}`,
  ),
  'two lengths': post(lines('Content-Length: 0', `Content-Length: ${HIDDEN.length}`), HIDDEN),
  'lengths in a list': post(lines(`Content-Length: 0, ${HIDDEN.length}`), HIDDEN),
  'a signed length': post(lines('Content-Length: +0'), HIDDEN),
  'a negative length': post(lines('Content-Length: -1'), HIDDEN),
  'a length in hex': post(lines('Content-Length: 0x0'), HIDDEN),
  'a length beyond all numbers': post(lines(`Content-Length: ${'9'.repeat(40)}`), HIDDEN),
  'a blank before the colon': post(lines('Content-Length : 0'), HIDDEN),
  'a blank before the name': post(lines(' Transfer-Encoding: chunked'), `0${CRLF}${CRLF}${HIDDEN}`),
  'chunks by another name': post(lines('Transfer-Encoding: xchunked'), `0${CRLF}${CRLF}${HIDDEN}`),
  'chunks twice': post(lines(CHUNKED, 'Transfer-Encoding: identity'), `0${CRLF}${CRLF}${HIDDEN}`),
  'chunks in a list': post(
    lines('Transfer-Encoding: gzip, chunked'),
    `${HIDDEN.length.toString(16)}${CRLF}${HIDDEN}${CRLF}0${CRLF}${CRLF}`,
  ),
  'chunks before another coding': post(lines('Transfer-Encoding: chunked, identity'), `0${CRLF}${CRLF}${HIDDEN}`),
  'chunks with a tab': post(`Transfer-Encoding:\tchunked\x0b${CRLF}`, `0${CRLF}${CRLF}${HIDDEN}`),
  'a folded header': post(`Transfer-Encoding:${CRLF} chunked${CRLF}`, `0${CRLF}${CRLF}${HIDDEN}`),
  'a chunk size beyond all numbers': post(lines(CHUNKED), `${'f'.repeat(17)}${CRLF}${HIDDEN}`),
  'a negative chunk': post(lines(CHUNKED), `-1${CRLF}${HIDDEN}`),
  'a chunk longer than it says': post(lines(CHUNKED), `1${CRLF}${HIDDEN}`),
  'chunk extensions': post(lines(CHUNKED), `0;a=b\n${HIDDEN}${CRLF}${CRLF}`),
  'line feeds alone': `POST /v3/volumes HTTP/1.1\nHost: h\n${AUTH.replaceAll(CRLF, '\n')}Content-Length: 0\n\n${HIDDEN}`,
  'a carriage return alone': post(`X: 1\rTransfer-Encoding: chunked${CRLF}`, `0${CRLF}${CRLF}${HIDDEN}`),
  'a NUL in a name': post(lines('Content-Len\0gth: 5'), HIDDEN),
  'a request in a header': list(`X-Forwarded-Host: a${CRLF} ${HIDDEN}`),
  'version 1.0 with chunks': HIDDEN.replace('HTTP/1.1', 'HTTP/1.0').replace(/Content-Length: \d+/, CHUNKED),
};

const hidden = HIDDEN.length;
/** These are HTTP, and what they hide is a body: it is read, and that is all. */
const BODIES: Record<string, string> = {
  'a request as the body of a GET': list(lines(`Content-Length: ${hidden}`, CLOSE.trim()), HIDDEN),
  'a request as the body of a DELETE': request('DELETE /v3/volumes/x', lines(`Content-Length: ${hidden}`, CLOSE.trim()), HIDDEN),
  'a request as the body of a HEAD': request('HEAD /v3/volumes', lines(`Content-Length: ${hidden}`, CLOSE.trim()), HIDDEN),
  'a request as the body of an unknown path': request('POST /nowhere', lines(`Content-Length: ${hidden}`, CLOSE.trim()), HIDDEN),
  'a request as a chunk': list(lines(CHUNKED, CLOSE.trim()), `${hidden.toString(16)}${CRLF}${HIDDEN}${CRLF}0${CRLF}${CRLF}`),
  'a request as a trailer': list(lines(CHUNKED, 'Trailer: X', CLOSE.trim()), `0${CRLF}X: ${HIDDEN.replaceAll(CRLF, ' ')}${CRLF}${CRLF}`),
};

const LINES = ['GET  /v3/volumes', 'get /v3/volumes', 'GETT /v3/volumes', 'GET', 'GET /v3/volumes\t', 'GET v3/volumes', 'GET *', 'OPTIONS *', 'CONNECT h:1', 'PRI *', 'GET /\x01', 'GET /\xff\xfe', 'GET /v3/vol umes']; // prettier-ignore
const VERSIONS = ['HTTP/0.9', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/11', 'http/1.1', 'HTTPS/1.1', ''];
const HEADERS = [
  'A'.repeat(20_000) + ': 1', `X: ${'a'.repeat(20_000)}`, 'Host: other', 'Upgrade: h2c', 'Upgrade: websocket', 'Expect: 100-continue', 'Expect: the worst', 'X-Auth-Token: a:b:c', ': nameless', 'X', 'X: \0', 'X: \x01',
  'X-Auth-Token: ', 'Content-Length: 5', 'TE: trailers, chunked', 'Connection: X-Auth-Token', 'Range: bytes=0-0', 'Content-Encoding: gzip', 'X-HTTP-Method-Override: DELETE', 'OpenStack-API-Version: volume 3.27',
  ...Array.from({ length: 3 }, (_, i) => Array.from({ length: 100 * 10 ** i }, (__, n) => `X-${n}: 1`).join(CRLF)),
]; // prettier-ignore

const TLS_HELLO = '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03' + 'r'.repeat(160);
const named = (table: Record<string, string>, sort: string, answers: number | null): fc.Arbitrary<Shape> =>
  fc.constantFrom(...Object.entries(table)).map(([name, bytes]) => ({ name: `${sort}: ${name}`, bytes, answers }));

const lineShape = fc
  .record({ line: fc.constantFrom('GET /v3/volumes', ...LINES), version: fc.constantFrom('HTTP/1.1', ...VERSIONS) })
  .map(({ line, version }) => ({
    name: `line: ${line} ${version}`,
    bytes: `${line} ${version}${CRLF}Host: h${CRLF}${AUTH}${CLOSE}${CRLF}`,
    answers: null,
  }));

const headerShape = fc.subarray(HEADERS, { minLength: 1, maxLength: 3 }).map((headers) => ({
  name: `headers: ${headers.map((header) => header.slice(0, 24)).join(' | ')}`,
  bytes: list(lines(...headers) + CLOSE),
  answers: null,
}));

/** They belong to one another: all are answered, in their order. */
const pipelined = fc.integer({ min: 2, max: 12 }).map((count) => ({
  name: `pipelined: ${count}`,
  bytes: Array.from({ length: count }, (_, i) => list(i === count - 1 ? CLOSE : '')).join(''),
  answers: count,
}));

const junk = fc
  .uint8Array({ minLength: 1, maxLength: 400 })
  .map((bytes) => ({ name: 'junk', bytes: Buffer.from(bytes).toString('latin1'), answers: null }));

const cut = fc.record({ whole: fc.constantFrom(HIDDEN.replace(SMUGGLED, 'cut'), list('')), at: fc.nat(300) }).map(({ whole, at }) => ({
  name: 'cut off',
  bytes: whole.slice(0, Math.min(at, whole.length - 1)),
  answers: null,
}));

const slow = fc
  .record({
    whole: fc.constantFrom(post(lines('Content-Length: 5000'), '{'), post(lines(CHUNKED), '5'), list('')),
    at: fc.nat(200),
    how: fc.constantFrom('silent' as const, 'dripping' as const),
  })
  .map(({ whole, at, how }) => ({ name: how, bytes: whole.slice(0, Math.min(at, whole.length - 1)), answers: null, slow: how }));

export const shapes: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 6, arbitrary: named(SMUGGLING, 'smuggling', null) },
  { weight: 3, arbitrary: named(BODIES, 'body', 1) },
  { weight: 4, arbitrary: lineShape },
  { weight: 4, arbitrary: headerShape },
  { weight: 2, arbitrary: pipelined },
  { weight: 1, arbitrary: junk },
  { weight: 1, arbitrary: fc.constant({ name: 'TLS', bytes: TLS_HELLO, answers: null }) },
  { weight: 2, arbitrary: cut },
  { weight: 1, arbitrary: slow },
);
