import { readFileSync } from 'node:fs';
import { StartError } from '@app/domain';
import type { ListRules } from './list-query.js';

type Filters = Readonly<Record<string, readonly string[]>>;

/** By what others than administrators may filter lists, from 3.31 on: as the operator's file says, or as Cinder's does. */
export class ResourceFilters {
  constructor(readonly all: Filters) {}

  /** @throws StartError */
  static from(path: string | undefined, standard: readonly ListRules[]): ResourceFilters {
    return new ResourceFilters(
      path === undefined ? Object.fromEntries(standard.map(({ resource, filters }) => [resource, filters])) : readFilters(path),
    );
  }

  /** A resource that the file leaves out has none. */
  appliedTo(rules: ListRules): ListRules {
    const { resource } = rules;
    return { ...rules, checked: Object.hasOwn(this.all, resource) ? (this.all[resource] ?? []) : [] };
  }
}

function readFilters(path: string): Filters {
  const filters = parsed(path);
  if (isFilters(filters)) return filters;
  throw new StartError(`RESOURCE_FILTERS_FILE: ${path} must hold a JSON object of lists of filters, such as {"volume": ["name~"]}.`);
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new StartError(`RESOURCE_FILTERS_FILE: ${path} cannot be read (${code ?? message}).`, { cause });
  }
}

const isFilters = (value: unknown): value is Filters =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(isTexts);
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
