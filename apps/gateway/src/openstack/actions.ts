import { SetMetadata } from '@nestjs/common';
import { ServiceError } from '@app/domain';
import { malformedBody } from './body-gate.js';
import { microversion, type Microversion } from './microversion.js';

export const ACTIONS = Symbol('actions of a method');
export type ActionTable = ReadonlyMap<string, Microversion>;

/** The actions that `POST …/action` knows here, each with the microversion that it came with. */
export const Actions = (since: Record<string, string>) =>
  SetMetadata<symbol, ActionTable>(ACTIONS, new Map(Object.entries(since).map(([name, version]) => [name, microversion(version)])));

/** @throws invalid (spec: microversions-and-errors §6). A body that is missing names the action "None". */
export function namedAction(table: ActionTable, body: unknown): string {
  if (body === undefined) throw noSuchAction('None');
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw malformedBody();
  const [name, surplus] = Object.keys(body);
  if (name === undefined || surplus !== undefined) throw malformedBody();
  if (!table.has(name)) throw noSuchAction(name);
  return name;
}

const noSuchAction = (name: string) =>
  new ServiceError('invalid', `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`);
