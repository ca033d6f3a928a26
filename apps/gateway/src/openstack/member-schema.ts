import 'reflect-metadata';
import type { Schema } from '../openapi/schema.js';

const SAID = Symbol('what the rules of a member say of it');

/** Keeps in JSON Schema what a rule demands, beside the rule, so that no document has to say it a second time. */
export function say(target: object, key: string | symbol, said: Schema): void {
  const before = Reflect.getOwnMetadata(SAID, target, key) as Schema | undefined;
  // Several rules may each be about a property of its own.
  const properties = before?.properties && said.properties ? { properties: { ...before.properties, ...said.properties } } : {};
  Reflect.defineMetadata(SAID, { ...before, ...said, ...properties }, target, key);
}

/** What all rules of a member say of it, its class's own or inherited. */
export const memberSchema = (prototype: object, key: string): Schema => (Reflect.getMetadata(SAID, prototype, key) as Schema) ?? {};
