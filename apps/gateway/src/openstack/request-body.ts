import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { ServiceError } from '@app/domain';
import { isAtLeast, microversion, type Microversion } from './microversion.js';
import { pythonRepr, pythonStr } from './python-repr.js';
import { ignoresOthers, isPlainObject, madeOf, REQUIRED } from './rules.js';

export type BodyClass = new () => object;
type Plain = Record<string, unknown>;

/**
 * The body as an instance of its class; a later microversion may have a class of its own: `@RequestBody(Create, ['3.54', CreateWithMode])`.
 * Only members that the class names are looked at: what they hold is taken as it came and walked no further.
 */
export const RequestBody = (first: BodyClass, ...later: [since: string, type: BodyClass][]) =>
  bodyOf(new BodyClasses(first, later.map(([since, type]) => ({ since: microversion(since), type })).reverse()));

const bodyOf = createParamDecorator((classes: BodyClasses, context: ExecutionContext): object => {
  const { openstack } = context.switchToHttp().getRequest<FastifyRequest>();
  return decode(classes.at(openstack.version), openstack.body);
});

/** The class of a body by microversion. */
export class BodyClasses {
  constructor(
    private readonly first: BodyClass,
    /** Latest first. */
    private readonly later: readonly { since: Microversion; type: BodyClass }[],
  ) {}

  at(version: Microversion): BodyClass {
    return this.later.find(({ since }) => isAtLeast(version, since))?.type ?? this.first;
  }
}

/** @throws invalid: the first fault that is found, in Cinder's words. */
export function decode<T extends object>(type: new () => T, body: unknown): T {
  if (!isPlainObject(body)) throw new ServiceError('invalid', `${pythonRepr(body)} is not of type 'object'`);
  const instance = made(type, body) as T;
  const fault = faultIn({ shape: shapeOf(type), plain: body, name: null }, validateSync(instance, { validationError: { target: false } }));
  if (fault !== null) throw new ServiceError('invalid', fault);
  return instance;
}

/** What a class says of its members, in the order in which it names them; worked out once. */
export interface Shape {
  members: ReadonlyMap<string, BodyClass | undefined>;
  required: readonly string[];
  strict: boolean;
}
const shapes = new WeakMap<BodyClass, Shape>();

export function shapeOf(type: BodyClass): Shape {
  const known = shapes.get(type);
  if (known) return known;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const members = new Map(rules.map(({ propertyName }) => [propertyName, madeOf(type.prototype as object, propertyName)]));
  const required = [...members.keys()].filter((key) => rules.some(({ propertyName, name }) => propertyName === key && name === REQUIRED));
  const shape = { members, required, strict: !ignoresOthers(type) };
  shapes.set(type, shape);
  return shape;
}

function made(type: BodyClass, plain: Plain): object {
  const instance = new type();
  for (const [key, inner] of shapeOf(type).members) {
    if (!Object.hasOwn(plain, key)) continue;
    const value = plain[key];
    Object.assign(instance, { [key]: inner && isPlainObject(value) ? made(inner, value) : value });
  }
  return instance;
}

interface Level {
  shape: Shape;
  plain: Plain;
  /** Null at the top, where a refusal names no field. */
  name: string | null;
}

/** As a JSON Schema validator meets them: members first, each with all that is in it, then what is missing, then what is too much. */
function faultIn(level: Level, errors: readonly ValidationError[]): string | null {
  return faultOfMember(level, errors) ?? missing(level, errors) ?? unexpected(level);
}

function faultOfMember({ shape, plain }: Level, errors: readonly ValidationError[]): string | null {
  for (const [key, inner] of shape.members) {
    const error = errors.find(({ property }) => property === key);
    const text = Object.entries(error?.constraints ?? {}).find(([rule]) => rule !== REQUIRED && rule !== 'nestedValidation')?.[1];
    const value = plain[key];
    if (text !== undefined) return worded(key, value, text);
    const fault = inner && isPlainObject(value) ? faultIn({ shape: shapeOf(inner), plain: value, name: key }, error?.children ?? []) : null;
    if (fault !== null) return fault;
  }
  return null;
}

function missing({ shape, plain, name }: Level, errors: readonly ValidationError[]): string | null {
  for (const key of shape.members.keys()) {
    const text = errors.find(({ property }) => property === key)?.constraints?.[REQUIRED];
    if (text !== undefined) return worded(name, plain, text);
  }
  return null;
}

function unexpected({ shape, plain, name }: Level): string | null {
  const surplus = shape.strict ? Object.keys(plain).filter((key) => !shape.members.has(key)) : [];
  if (surplus.length === 0) return null;
  const verb = surplus.length === 1 ? 'was' : 'were';
  return worded(
    name,
    plain,
    `Additional properties are not allowed (${surplus.map((key) => pythonRepr(key)).join(', ')} ${verb} unexpected)`,
  );
}

const worded = (name: string | null, value: unknown, text: string) =>
  name === null ? text : `Invalid input for field/attribute ${name}. Value: ${pythonStr(value)}. ${text}`;
