import type { Call, History, Verb } from './history';
import { type Answer, begin, type Begun, effectsOf, lookAt } from './model';
import { ANY_END } from './answers';
import { newVolume, type VolumeState } from './model-state';

/** A number from 0 up to the limit, not included. */
export type Draw = (limit: number) => number;

interface Client {
  name: string;
  call: Call | null;
  waitsFor: string | null;
  answer: Answer | null;
}

const VERBS: readonly Verb[] = [
  'reserve',
  'reserve',
  'create',
  'update',
  'update',
  'update',
  'complete',
  'complete',
  'delete',
  'show',
  'show',
];
const CLIENTS = 4;
const FAILS_ONE_IN = 6;
const LOST_ONE_IN = 25;

/** What the model itself does when its clients overlap at random, some of them never hear, and some drivers fail: lawful by its making. */
export class RandomRun {
  private clock = 0;
  private state: VolumeState;
  private readonly calls: Call[] = [];
  private readonly clients: Client[] = [];
  private readonly ids: string[] = ['nobody'];

  constructor(
    private readonly draw: Draw,
    multiattach: boolean,
  ) {
    this.state = newVolume({ id: 'v', multiattach });
    for (let i = 0; i < CLIENTS; i++) this.clients.push({ name: `c${i}`, call: null, waitsFor: null, answer: null });
  }

  of(count: number): History {
    while (this.calls.length < count) this.move(this.clients[this.draw(CLIENTS)], true);
    const busy = () => this.clients.some(({ call }) => call !== null) || this.state.ops.some(({ ended }) => ended === null);
    while (busy()) for (const client of this.clients) this.move(client, false);
    const { id, multiattach, status, attachStatus, rows } = this.state;
    const attachments = rows.map((row) => ({ id: row.id, status: row.status, instance: row.instance, host: row.host }));
    return { seed: 0, volumes: [{ id, multiattach }], calls: this.calls, end: [{ id, status, attachStatus, attachments }] };
  }

  /** One moment of one client, or of a promise. */
  private move(client: Client | undefined, goesOn: boolean): void {
    this.clock++;
    if (!client || this.draw(2) === 0) return this.takesEffect();
    if (client.call === null) return goesOn ? this.asks(client) : undefined;
    if (this.draw(LOST_ONE_IN) === 0) return this.isLost(client);
    if (client.answer !== null) return this.hears(client, client.call, client.answer);
    if (client.waitsFor !== null) return this.looks(client, client.waitsFor);
    this.isDecided(client, client.call);
  }

  private takesEffect(): void {
    const open = this.state.ops.filter(({ ended }) => ended === null);
    const op = open[this.draw(Math.max(1, open.length))];
    if (!op) return;
    const fails = this.draw(FAILS_ONE_IN) === 0;
    const ends = effectsOf(this.state, { ...op, mayEnd: ANY_END.filter((end) => (end === 'failed') === fails) });
    this.state = ends[this.draw(Math.max(1, ends.length))] ?? this.state;
  }

  private asks(client: Client): void {
    const verb = VERBS[this.draw(VERBS.length)] ?? 'show';
    const makes = verb === 'reserve' || verb === 'create';
    client.call = {
      client: client.name,
      verb,
      request: `r${this.calls.length}`,
      volume: 'v',
      attachment: makes ? null : (this.ids[this.ids.length - 1 - this.draw(Math.min(3, this.ids.length))] ?? null),
      instance: makes ? `i${this.draw(2)}` : null,
      host: verb === 'create' || verb === 'update' ? `h${this.draw(3)}` : null,
      invokedAt: this.clock,
      answeredAt: null,
      status: null,
      told: {},
    };
    this.calls.push(client.call);
  }

  /** The call goes its way without its client. */
  private isLost(client: Client): void {
    if (client.call && client.waitsFor === null && client.answer === null && this.draw(2) === 0) this.isDecided(client, client.call);
    Object.assign(client, { call: null, waitsFor: null, answer: null });
  }

  private isDecided(client: Client, call: Call): void {
    const id = call.attachment ?? `a${this.ids.length}`;
    const ways: Begun[] = begin(this.state, { call, id, mayEnd: ANY_END });
    const begun = ways[this.draw(ways.length)];
    if (!begun) throw new Error('every call is decided somehow');
    if (begun.state !== this.state && call.attachment === null) this.ids.push(id);
    this.state = begun.state;
    if ('answer' in begun) client.answer = begun.answer;
    else client.waitsFor = begun.waitsFor;
  }

  private looks(client: Client, promise: string): void {
    const op = this.state.ops.find(({ id }) => id === promise);
    client.answer = op ? lookAt(this.state, op) : null;
  }

  private hears(client: Client, call: Call, { status, message, ...told }: Answer): void {
    const failed = status === 500 && call.verb === 'update' ? 'Unable to update attachment (kaboom).' : undefined;
    const words = message ?? failed;
    Object.assign(call, { answeredAt: this.clock, status, told: words === undefined ? told : { ...told, message: words } });
    Object.assign(client, { call: null, waitsFor: null, answer: null });
  }
}
