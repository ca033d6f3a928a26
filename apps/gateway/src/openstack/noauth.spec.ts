import { identify, invitation, parseToken } from './noauth.js';

it.each([
  ['u', { userId: 'u', projectId: 'u', roles: ['admin'] }],
  ['u:p', { userId: 'u', projectId: 'p', roles: ['admin'] }],
  ['u:p:', { userId: 'u', projectId: 'p', roles: [] }],
  ['u::member', { userId: 'u', projectId: 'u', roles: ['member'] }],
  ['u:p:member,reader', { userId: 'u', projectId: 'p', roles: ['member', 'reader'] }],
])('reads the token %p', (token, expected) => {
  expect(parseToken(token)).toEqual(expected);
});

it.each([
  [{ 'x-auth-token': 'u:p' }, ['admin', 'member', 'reader'], false],
  [{ 'x-auth-token': 'u:p:member' }, ['member', 'reader'], false],
  [{ 'x-auth-token': 'u:p:member', 'x-service-token': 'nova:service:service' }, ['member', 'reader'], true],
  [{ 'x-auth-token': 'u:p:member', 'x-service-token': 'u:p:member' }, ['member', 'reader'], false],
  [{ 'x-auth-token': 'u:p:member', 'x-service-roles': 'service' }, ['member', 'reader'], false],
  [{ 'x-auth-token': 'u:p:service' }, ['service'], false],
])('tells who %p is', (headers, roles, isService) => {
  expect(identify(headers)).toMatchObject({ roles, isService });
});

it('a service token is somebody’s where it is a service’s', () => {
  const both = (service: string) => identify({ 'x-auth-token': 'u:p:member', 'x-service-token': service });

  expect(both('nova:service:service')).toMatchObject({ serviceUserId: 'nova', serviceRoles: ['service'] });
  expect(both('me:p:member')).toMatchObject({ serviceUserId: null, serviceRoles: [] });
});

it('takes an empty token for none', () => {
  expect(identify({ 'x-auth-token': '' })).toBeNull();
});

it('invites a caller without a token', () => {
  expect(invitation({}, 'http://h/v3/attachments?x=1')).toEqual({
    'X-Auth-Token': 'admin:admin',
    'X-Server-Management-Url': 'http://h/v3/attachments/admin',
  });
});

it.each([
  ['u:p:reader', ['reader']],
  ['u:p:foo', ['foo']],
])('a role brings the lesser ones along, where there are any: %p', (token, roles) => {
  expect(identify({ 'x-auth-token': token })).toMatchObject({ roles });
});
