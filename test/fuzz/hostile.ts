import type { Body } from './api';

/* What HTTP libraries would send, and nobody means well by it. */

const DEPTH = 10_000;
const TWO_MIB = 2 * 1024 * 1024;
export const HOSTILE_BODIES: Body[] = [
  { text: '['.repeat(DEPTH) + ']'.repeat(DEPTH) },
  { text: `{"attachment":{"connector":{"host":"h","a":${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}}}}` },
  { text: '['.repeat(50_000) },
  { repeated: ' ', times: TWO_MIB },
  { repeated: '{"a":1},', times: TWO_MIB / 8 },
  { hex: '7b2261223a22ff227d' }, { hex: '7b2261223a22c080227d' }, { hex: '7b2261223a22eda080227d' }, { hex: '7b2261223a22f4908080227d' }, { hex: '7b2261223a2200227d' },
  { hex: 'efbbbf7b7d' }, { hex: 'fffe7b007d00' }, { hex: '1f8b0800000000000003' }, { hex: '00' },
  { text: '' }, { text: ' ' }, { text: '{' }, { text: '{}{}' }, { text: '{}x' }, { text: "{'a':1}" }, { text: '{"a":1,}' }, { text: '/**/{}' }, { text: '{"a":NaN}' }, { text: 'undefined' },
  { text: '{"__proto__":null}' }, { text: '{"attachment":{"__proto__":{"connector":{"host":"h"}}}}' }, { text: '{"volume":{"size":1,"size":"\\u0000"}}' }, { text: '{"volume":{"size":1e400}}' },
  { text: `{"volume":{"size":1,"metadata":{${Array.from({ length: 3_000 }, (_, i) => `"k${i}":"v"`).join()}}}}` },
  { text: `{"attachment":{"connector":{"host":"h",${Array.from({ length: 5_000 }, (_, i) => `"k${i}":${i}`).join()}}}}` },
  { text: `{"${'k'.repeat(100_000)}":1}` },
]; // prettier-ignore

export const HOSTILE_HEADERS: [string, string][] = [
  ['Content-Type', 'text/xml'], ['Content-Type', 'application/json; charset=utf-16'], ['Content-Type', 'application/json;'.repeat(100)], ['Content-Type', '\xff'], ['Content-Type', 'application/vnd.openstack.volume+json'],
  ['OpenStack-API-Version', 'volume 3.71, volume 3.0'], ['OpenStack-API-Version', `volume ${'9'.repeat(300)}.1`], ['OpenStack-API-Version', 'volume 3.\xb2'], ['OpenStack-API-Version', `${'volume 3.1,'.repeat(500)}`], ['OpenStack-API-Version', 'volume __proto__'],
  ['X-Auth-Token', ':::::'], ['X-Auth-Token', 'a'.repeat(8_000)], ['X-Auth-Token', '__proto__:constructor:toString'], ['X-Auth-Token', '\xe9:\xff:admin'], ['X-Auth-Token', 'u:p:admin,admin,'.repeat(50)], ['X-Service-Token', '::\xff'],
  ['X-OpenStack-Request-ID', 'req-'], ['X-OpenStack-Request-ID', 'req-00000000-0000-4000-8000-00000000000"'], ['Accept', 'text/html'], ['Accept', 'application/vnd.openstack.volume+json'], ['Accept', '*/*,'.repeat(1_000)],
  ['X-Forwarded-Host', '"><script>'], ['X-Forwarded-Host', 'h,h2,'], ['X-Forwarded-Proto', 'javascript'], ['X-Forwarded-For', '127.0.0.1'], ['Forwarded', 'for=127.0.0.1;proto=x'], ['X-Auth-User', '\xff'], ['X-Auth-Project-Id', 'a b'],
  ['Host', ''], ['Host', '"><'], ['Host', 'a'.repeat(2_000)], ['If-Match', '*'], ['If-Match', '"x"'], ['Cookie', 'a=b;'.repeat(1_000)], ['Accept-Language', '__proto__'], ['Referer', '\x80'], ['Date', 'x'], ['X-Roles', 'admin'], ['X-Project-Id', 'x'], ['X-Is-Admin', 'True'],
]; // prettier-ignore

export const HOSTILE_PATHS = [
  '//', '/?', '/#', '/v3', '/v3?', '/v3//', '/v3/..', '/v3/../v3/volumes', '/v3/./volumes', '/%2e%2e/%2e%2e/etc/passwd', '/v3/volumes%2f@volume:0@', '/v3/volumes/%2e%2e/attachments', '/v3/volumes;x=1', '/v3/volumes?;', '/v3/volumes?&&&==',
  '/v3/%76olumes', '/%76%33/volumes', '/V3/volumes', '/v3/VOLUMES', '/v3/volumes/@volume:0@/', '/v3/volumes/@volume:0@%00', '/v3/volumes/%00/action', '/v3/attachments/%ff', '/v3/attachments/@attachment:0@/action/x', '/v3/attachments.json', '/v3/attachments/.json',
  '/v3/attachments/@attachment:0@.json', '/v3/@project:0@/@project:0@/volumes', '/v3/abc/volumes', '/v3/@project:0@', '/v3/@project:0@/', '/v2/volumes', '/v1', '/healthcheck', '/livez', '/readyz?verbose', '/openapi.json', '/openapi.json?microversion=__proto__',
  '/openapi.json?microversion=3.71&microversion=3.0', '/docs', '/docs?microversion=3.44', '/docs/../v3', '/__proto__', '/constructor', '/v3/__proto__', '/v3/types/__proto__', '/v3/types/__proto__/extra_specs/__proto__', '/v3/qos-specs/constructor/associate?vol_type_id=__proto__',
  '/v3/volumes?metadata=%7B', "/v3/volumes?metadata={'a':'b'}", "/v3/volumes/detail?metadata={'a':{'b':'c'}}", '/v3/volumes?__proto__=1&constructor=2', '/v3/volumes?limit=1&limit=x', '/v3/volumes?marker=@volume:0@&marker=x', '/v3/volumes?sort=__proto__:asc',
  '/v3/volumes?sort_key=created_at,id&sort_dir=asc', '/v3/volumes?sort=' + 'id:asc,'.repeat(300), '/v3/volumes?' + 'a=b&'.repeat(1_500), '/v3/volumes?' + 'x'.repeat(9_000), '/v3/volumes/' + 'x'.repeat(9_000), '/v3' + '/..'.repeat(500), '/v3/attachments?created_at=gt:x', '/v3/attachments?created_at=%00',
  'http://h/v3/volumes', 'http://user:pw@h:99999/v3/volumes', 'https:///v3/volumes', 'ftp://h/v3/volumes', '/v3/volumes?name~=%25', '/v3/volumes?name=%F0%9F', '/v3/attachments?attach_mode=&attach_mode=', '/v3/volumes?size=1e3', '/v3/volumes?created_at=9999999-01-01', '/v3/attachments?sort_key=connector',
]; // prettier-ignore

/** Where a text goes into the database, or to a driver, as it came: `TEXT` is written as JSON has it. */
export const TEXT = '@@';
export const PLACES_OF_TEXT: [method: string, path: string, body: string][] = [
  ['POST', '/v3/volumes', `{"volume":{"size":1,"name":${TEXT}}}`],
  ['POST', '/v3/volumes', `{"volume":{"size":1,"metadata":{"k":${TEXT}}}}`],
  ['PUT', '/v3/volumes/@volume:0@', `{"volume":{"description":${TEXT}}}`],
  ['POST', '/v3/volumes/@volume:0@/metadata', `{"metadata":{${TEXT}:"v"}}`],
  ['POST', '/v3/types', `{"volume_type":{"name":${TEXT},"extra_specs":{"k":"v"}}}`],
  ['POST', '/v3/qos-specs', `{"qos_specs":{"name":"@name:0@","k":${TEXT}}}`],
  ['PUT', '/v3/attachments/@attachment:0@', `{"attachment":{"connector":{"host":"h","initiator":${TEXT},${TEXT}:[${TEXT}]}}}`],
  ['POST', '/v3/volumes/@volume:0@/action', `{"os-attach":{"instance_uuid":"@instance:0@","mountpoint":${TEXT}}}`],
];

export const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'PURGE', 'QUERY', 'LINK'];
