import { randomUUID } from 'node:crypto';
import type { Answer, StartedGateway } from '../../../support/started-apps';
import type { Objects } from './objects';
import type { Operation } from './operations';
import { finds, homeOf, type People, type Persona, type Where } from './personas';

/** One question: may this one do this to that? Null: there is no such object, or the call is about none. */
export interface Cell {
  persona: Persona;
  operation: Operation;
  where: Where | 'there' | null;
}

export type Defaults = 'now' | 'formerly';

const OF_A_PROJECT: readonly Operation['on'][] = ['volume', 'volume in use', 'attachment'];

export function cellsOf(persona: Persona, operations: readonly Operation[]): Cell[] {
  return operations.flatMap((operation) => wheres(operation).map((where) => ({ persona, operation, where })));
}

function wheres({ on }: Operation): Cell['where'][] {
  if (on === 'nothing') return [null];
  return OF_A_PROJECT.includes(on) ? ['here', 'of strangers', 'elsewhere', null] : ['there', null];
}

/** What the contract says: what cannot be found is not there, for whoever asks; of what can be, policy decides. */
export function tabled({ persona, operation, where }: Cell, defaults: Defaults): number {
  const may = operation[defaults].includes(persona);
  const { on, status, name } = operation;
  if (OF_A_PROJECT.includes(on) && (where === null || where === 'there' || !finds(persona, where))) return 404;
  if (!may) return 403;
  if (name === 'POST /volumes' && homeOf(persona) === null) return 400; // it would belong to nobody
  return on === 'nothing' || where !== null ? status : 404;
}

/** Whoever may change it gets an object of his own; all others ask about one that stays as it is. */
export async function objectOf(cell: Cell, status: number, objects: Objects, { projects }: People): Promise<string> {
  const { operation, where } = cell;
  if (where === null) return randomUUID();
  const project = projects[where === 'there' ? 'here' : where].id;
  const changes = status < 400 && (!operation.name.startsWith('GET') || operation.name.includes('associat'));
  return changes ? objects.fresh(operation.on, project) : objects.untouched(operation.on, project);
}

export function ask(gateway: StartedGateway, operation: Operation, id: string, headers: Record<string, string>): Promise<Answer> {
  const [method = '', route = ''] = operation.name.split(' ');
  const filled = (text: string) => text.replaceAll('{id}', id).replaceAll('{new}', randomUUID());
  const path = `/v3${filled(route).replace('{key}', operation.key)}${filled(operation.query)}`;
  const body = operation.body === undefined ? undefined : filled(JSON.stringify(operation.body));
  return gateway.request(method, path, body, headers);
}

/** Several at a time, since each waits for the database. */
export async function eachOf<T, Result>(items: readonly T[], work: (item: T) => Promise<Result>, atATime = 8): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const take = async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: atATime }, take));
  return results;
}
