/** Where a service of a catalog is. */
export interface Endpoint {
  interface: string;
  region: string | null;
  url: string;
}

export interface CatalogEntry {
  type: string;
  endpoints?: { interface: string; region_id?: string | null; region?: string | null; url: string }[];
}

export const COMPUTE = 'compute';

export const endpointsOf = (catalog: readonly CatalogEntry[], type: string): Endpoint[] =>
  catalog
    .filter((entry) => entry.type === type)
    .flatMap(({ endpoints = [] }) => endpoints)
    .map(({ interface: kind, region_id, region, url }) => ({ interface: kind, region: region_id ?? region ?? null, url }));

/** The first of that interface, in that region where one is named; null: there is none. */
export function urlIn(endpoints: readonly Endpoint[], kind: string, region?: string): string | null {
  const found = endpoints.find((one) => one.interface === kind && (region === undefined || one.region === region));
  return found?.url ?? null;
}
