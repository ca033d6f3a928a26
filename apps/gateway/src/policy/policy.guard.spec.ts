import { ServiceError } from '@app/domain';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { freshContext } from '../openstack/request-context.js';
import { PolicyConfig } from './policy.config.js';
import { PolicyGuard } from './policy.guard.js';
import { Policy } from './policy.js';

/** What it looks up it would look up here; nothing of this needs a look. */
const nowhere = null as never;
const guard = new PolicyGuard(Policy.from(new PolicyConfig()), nowhere, nowhere, new Reflector());

const admin = {
  userId: 'u',
  projectId: 'p',
  isAdmin: false,
  roles: ['admin'],
  serviceRoles: [],
  serviceUserId: null,
  isService: false,
  requestId: 'req-1',
  globalRequestId: null,
};

function asked(method: string, url: string, action: string | null = null): Promise<boolean> {
  const request = { method, params: { id: 'x' }, routeOptions: { url }, openstack: { ...freshContext(admin), action } };
  const context = { switchToHttp: () => ({ getRequest: () => request }), getHandler: () => asked };
  return guard.canActivate(context as unknown as ExecutionContext);
}

it.each<[string, string, string | null]>([
  ['GET', '/v3/volumes/:id/undeclared', null],
  ['PATCH', '/v3/volumes/:id', null],
  ['POST', '/v3/volumes/:id/action', 'os-undeclared'],
  ['POST', '/v3/volumes/:id/action', null],
])('%s %s %s, for which nobody has declared a rule, is not there, for an administrator either', async (method, url, action) => {
  const refused = await asked(method, url, action).catch((error: unknown) => error);

  expect(refused).toBeInstanceOf(ServiceError);
  expect(refused).toMatchObject({ kind: 'notFound' });
});

it.each<[string, string, string | null]>([
  ['DELETE', '/v3/volumes/:id', null],
  ['POST', '/v3/volumes/:id/action', 'os-force_detach'],
  ['GET', '/v3/limits', null],
])('%s %s %s is an administrator’s, without a look', async (method, url, action) => {
  expect(await asked(method, url, action)).toBe(true);
});
