import { type ListRules, MAX_OFFSET } from '../openstack/list-query.js';
import type { Parameter } from './describes.js';

const WHOLE = { type: 'integer', minimum: 0 };

const PAGING: readonly Parameter[] = [
  { name: 'limit', description: 'At most so many; the operator sets the largest (1000 unless told otherwise).', schema: WHOLE },
  { name: 'marker', description: 'The id of the last row of the page before.' },
  { name: 'offset', description: 'How many rows to skip behind the marker.', schema: { ...WHOLE, maximum: MAX_OFFSET } },
  { name: 'sort', description: '`key[:dir][,key[:dir]…]`; a direction is `asc` or `desc`, and `desc` where none is named.' },
  { name: 'sort_key', description: 'Deprecated: one key. Not together with `sort`.' },
  { name: 'sort_dir', description: 'Deprecated: the direction of `sort_key`.', schema: { enum: ['asc', 'desc'] } },
];

export const ALL_TENANTS: Parameter = {
  name: 'all_tenants',
  description: 'The rows of every project, whatever the value; ignored unless an administrator asks.',
};

export const filterParameters = ({ filters }: ListRules): readonly Parameter[] =>
  filters.map((name) => ({ name, description: `Only rows whose ${name} is this.` }));

/** What a list can be asked, by the rules that it reads its query with. */
export const listParameters = (rules: ListRules): readonly Parameter[] => [
  ...PAGING,
  ALL_TENANTS,
  ...filterParameters(rules).map(({ name, description }) => ({
    name,
    description: `${description} An operator may allow other filters, and \`${name}~\` for a part of the value (3.34).`,
  })),
];
