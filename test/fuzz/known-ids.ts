/** What callers have made, by kind. Plans name it by how recently it was made, since ids differ each time: `@volume:0@` is the latest. */
export type Kind = 'project' | 'volume' | 'attachment' | 'type' | 'qos' | 'instance' | 'encrypted' | 'encryption' | 'name';

/** What a POST to a resource makes, and under which key its answer has it. */
const MADE: Record<string, [Kind, key: string]> = {
  volumes: ['volume', 'volume'],
  attachments: ['attachment', 'attachment'],
  types: ['type', 'volume_type'],
  'qos-specs': ['qos', 'qos_specs'],
};
const KEPT = 16;
const NAMED = /@([a-z]+):(\d+)@/g;
/** Of nothing that was ever made. */
const nobody = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const placeholder = (kind: Kind, recency: number): string => `@${kind}:${recency}@`;

export class KnownIds {
  private readonly ids = new Map<string, string[]>();
  private names = 0;

  constructor(private readonly owner: string) {}

  /** With the ids in their places; a kind of which there is none yet has one that nobody has. */
  resolved(text: string): string {
    return text.replace(NAMED, (_, kind: string, recency: string) => this.named(kind, Number(recency)));
  }

  add(kind: Kind, id: string): void {
    this.ids.set(kind, [id, ...(this.ids.get(kind) ?? [])].slice(0, KEPT));
  }

  /** The encryption of a type goes with it. */
  remove(id: string): void {
    for (const [kind, ids] of this.ids) this.ids.set(kind, ids.filter((known) => known !== id)); // prettier-ignore
  }

  /** Learns from an answer what there is now. */
  learn({ method, path, status, body }: { method: string; path: string; status: number; body: unknown }): void {
    if (status >= 300) return;
    const [, , resource = '', id = '', member = ''] =
      path
        .split('?', 1)[0]
        ?.replace(/^\/v3\/[0-9a-f]{32}\//, '/v3/')
        .split('/') ?? [];
    if (method === 'DELETE' && member === '') this.remove(id);
    if (method !== 'POST' || typeof body !== 'object' || body === null) return;
    const made = body as Record<string, Record<string, unknown> | undefined>;
    if (id === '') this.made(resource, made);
    if (member === 'encryption') this.addPair(id, made.encryption?.encryption_id);
  }

  private made(resource: string, made: Record<string, Record<string, unknown> | undefined>): void {
    const [kind, key] = MADE[resource] ?? [];
    const id = key && made[key]?.id;
    if (kind && typeof id === 'string') this.add(kind, id);
  }

  private addPair(type: string, encryption: unknown): void {
    this.add('encrypted', type);
    this.add('encryption', typeof encryption === 'string' ? encryption : nobody(0));
  }

  private named(kind: string, recency: number): string {
    if (kind === 'name') return `fuzz-${this.owner}-${this.names++}`;
    if (kind === 'instance') return nobody(recency);
    const ids = this.ids.get(kind) ?? [];
    return ids[recency % Math.max(1, ids.length)] ?? nobody(recency);
  }
}
