import { RequestMethod, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ACTIONS, type ActionTable } from '../openstack/actions.js';
import { PUBLIC } from '../openstack/api.guard.js';
import { isAtLeast, isBetween, type Microversion, VERSION_RANGE, type VersionRange } from '../openstack/microversion.js';
import { BodyClasses } from '../openstack/request-body.js';
import { descriptionOf, type RouteDescription } from './describes.js';

export type Verb = 'get' | 'put' | 'post' | 'delete';

/** A method of a controller as its decorators have it. */
export interface ApiRoute {
  id: string;
  verbs: readonly Verb[];
  /** `/v3/attachments/{id}` */
  path: string;
  status: number;
  isPublic: boolean;
  range: VersionRange | undefined;
  actions: ActionTable | undefined;
  bodies: BodyClasses | undefined;
  description: RouteDescription;
}

/** Every route there is, but those with nothing behind them. @throws TypeError for one that is not described, or of another method than these. */
export const routesOf = (controllers: readonly Type[]): ApiRoute[] => controllers.flatMap((controller) => routesOfController(controller));

export const existsAt = ({ range, actions }: ApiRoute, version: Microversion): boolean =>
  actions ? [...actions.values()].some((since) => isAtLeast(version, since)) : !range || isBetween(version, range.min, range.max);

function routesOfController(controller: Type): ApiRoute[] {
  const prototype = controller.prototype as Record<string, object>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = name === 'constructor' ? undefined : prototype[name];
    const verb = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
    if (handler === undefined || verb === undefined) return [];
    const description = descriptionOf(controller, name);
    const verbs = verbsOf(verb, `${controller.name}.${name}`);
    return description ? [routeOf({ controller, handler, name, verbs }, description)] : [];
  });
}

interface Found {
  controller: Type;
  handler: object;
  name: string;
  verbs: readonly Verb[];
}

function routeOf({ controller, handler, name, verbs }: Found, description: RouteDescription): ApiRoute {
  const of = <T>(key: symbol | string): T | undefined => Reflect.getMetadata(key, handler) as T | undefined;
  return {
    id: `${controller.name.replace(/Controller$/, '')}_${name}`,
    verbs,
    path: description.path ?? templateOf(controller, handler),
    status: of<number>(HTTP_CODE_METADATA) ?? (verbs.includes('post') ? 201 : 200),
    isPublic: of<boolean>(PUBLIC) ?? false,
    range: of<VersionRange>(VERSION_RANGE) ?? (Reflect.getMetadata(VERSION_RANGE, controller) as VersionRange | undefined),
    actions: of<ActionTable>(ACTIONS),
    bodies: bodiesOf(controller, name),
    description,
  };
}

function templateOf(controller: Type, handler: object): string {
  const parts = [controller, handler].map((holder) => Reflect.getMetadata(PATH_METADATA, holder) as string);
  const path = parts.flatMap((part) => part.split('/')).filter(Boolean);
  return `/${path.join('/').replace(/:(\w+)/g, '{$1}')}`;
}

/** The classes that `@RequestBody` names among a method's parameters. */
function bodiesOf(controller: Type, name: string): BodyClasses | undefined {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as Record<string, { data?: unknown }> | undefined;
  const found = Object.values(parameters ?? {}).find(({ data }) => data instanceof BodyClasses);
  return found?.data as BodyClasses | undefined;
}

const VERBS: Partial<Record<RequestMethod, readonly Verb[]>> = {
  [RequestMethod.GET]: ['get'],
  [RequestMethod.PUT]: ['put'],
  [RequestMethod.POST]: ['post'],
  [RequestMethod.DELETE]: ['delete'],
  [RequestMethod.ALL]: ['get', 'post'],
};
function verbsOf(method: RequestMethod, where: string): readonly Verb[] {
  const verbs = VERBS[method];
  if (!verbs) throw new TypeError(`${where} is of a method (${RequestMethod[method]}) that no document knows`);
  return verbs;
}
