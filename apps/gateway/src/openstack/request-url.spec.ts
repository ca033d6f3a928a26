import type { IncomingMessage } from 'node:http';
import { projectInUrl, projectPath, urlRewriter } from './request-url.js';

const rewrite = urlRewriter('[0-9a-f\\-]+');

it.each([
  ['GET', '/v3/attachments?x=1', '/v3/attachments?x=1', null],
  ['GET', '/v3/89af-1/attachments?x=/v3/1/2', '/v3/attachments?x=/v3/1/2', '89af-1'],
  ['PUT', '/v3/89af/attachments/foo', '/v3/attachments/foo', '89af'],
  ['GET', '/v3/my_project/attachments', '/v3/my_project/attachments', null],
  ['GET', '/v3/89af', '/v3/89af', null],
  ['GET', '/v3/89af/', '/v3/89af/', null],
  ['GET', '/v3/aa/bb/attachments', '/v3/bb/attachments', 'aa'],
  ['GET', '/v3/attachments/foo.json', '/v3/attachments/foo', null],
  ['DELETE', '/v3/attachments/foo.json', '/v3/attachments/foo.json', null],
  ['GET', '/v3/?x', '/v3?x', null],
  ['GET', '/', '/', null],
  ['GET', 'http://h:1/v3/1/volumes', '/v3/volumes', '1'],
  ['OPTIONS', '*', '*', null],
  ['GET', '/%76%33/%38%39af/%61ttachment%73/%7E%2d?x=%61', '/v3/attachments/~-?x=%61', '89af'],
  ['GET', '/v3/volumes/%2f%25%3f%00%ff%zz%%361', '/v3/volumes/%2f%25%3f%00%ff%zz%%361', null],
])('%s %s becomes %s', (method, url, expected, project) => {
  const request = { method, url } as IncomingMessage;

  expect(rewrite(request)).toBe(expected);
  expect(projectInUrl(request)).toBe(project);
});

it.each([
  ['89afd400b646452b8db1b8d3a5c0f6a1', '/89afd400b646452b8db1b8d3a5c0f6a1'],
  ['demo', ''],
])('links of project %s name it as "%s", so that they can be followed', (projectId, part) => {
  expect(projectPath(projectId, '[0-9a-f\\-]+')).toBe(part);
});
