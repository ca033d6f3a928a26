import 'reflect-metadata';
import type { ErrorKind } from '@app/domain';
import type { BodyClass } from '../openstack/request-body.js';
import type { ByVersion, Schema } from './schema.js';

/** What a success says. */
export interface Answer {
  schema: Schema;
  example: unknown;
  /** Beside those of every answer. */
  headers?: Readonly<Record<string, Schema>>;
  /** The bare value instead of JSON. */
  isText?: true;
}

export interface Parameter {
  name: string;
  description: string;
  schema?: Schema;
  /** The microversion that it came with; from the start unless it says so. */
  since?: string;
}

/** One action of a `POST …/action`. */
export interface ActionDescription {
  summary: string;
  status: number;
  /** What the action's key must hold, together with the key itself; without a class it may hold anything. */
  body?: BodyClass;
  /** Null is taken for an object without members. */
  orNull?: true;
  /** What the key holds in an example. */
  example: unknown;
  answer?: Answer;
}

/** What the code of a route does not say of it by itself. */
export interface RouteDescription {
  summary: string;
  description?: string;
  /** As the client writes it, where the edge rewrites it. */
  path?: string;
  /** Null: a success has no body. */
  answer: ByVersion<Answer> | null;
  /** What it refuses, beside what every route does. */
  refuses?: readonly ErrorKind[];
  /** Compute may be asked first, and what it refuses with is the answer. */
  asksCompute?: true;
  query?: readonly Parameter[];
  /** Of the request, beside the microversion and the token. */
  headers?: readonly Parameter[];
  /** Of the body. Its schema is the class's where the method asks for one by `@RequestBody`. */
  request?: { schema?: Schema; example: unknown };
  actions?: Readonly<Record<string, ActionDescription>>;
}

/** Null: a route of Cinder's router that has nothing behind it. */
export type Descriptions = Readonly<Record<string, RouteDescription | null>>;

const DESCRIBED = Symbol('what the methods of a controller do');

/** Every route of a controller has its line here; the compiler knows when a method is gone. */
export const Describes =
  <Routes extends Descriptions>(routes: Routes) =>
  (type: new (...services: never[]) => Record<keyof Routes, unknown>): void =>
    Reflect.defineMetadata(DESCRIBED, routes, type);

/** @throws TypeError for a route of which nobody said what it does. */
export function descriptionOf(controller: { name: string }, method: string): RouteDescription | null {
  const routes = Reflect.getMetadata(DESCRIBED, controller) as Descriptions | undefined;
  const found = routes?.[method];
  if (found === undefined) throw new TypeError(`${controller.name}.${method} is not described: it needs a line in @Describes`);
  return found;
}
