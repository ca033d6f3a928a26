import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from './random';
import { type Answered, type Asked, messageOf, type Recorder, request, saysWhy } from './recorder';

/** The run as its clients know it. */
export interface Stage {
  recorder: Recorder;
  /** Where requests go: a client begins with his own and goes on to the other when it does not answer. */
  gateways: readonly string[];
  /** Set once nothing new is to be begun. */
  stopping: boolean;
  /** Set where the run itself has failed: nobody waits any more. */
  abandoned: boolean;
  /** Resolves when what was disturbed is as it should be. */
  calm: Promise<void>;
  /** Attachments whose owner is known. */
  owned: Set<string>;
  /** What a client is left with that nothing explains. */
  complaints: string[];
}

/** What a client works on. */
export interface Part {
  name: string;
  volume: string;
  /** Two clients with the same: both sides of a migration, so a second reservation is lawful, and its update is not. */
  instance?: string;
}

type Owner = Pick<Asked, 'client' | 'volume' | 'instance' | 'host'>;

/** Compute repeats an update and a delete so often, without a pause, when it hears 500 or 504. */
const REPEATS = 5;
const NOBODY_MS = 100;
const NOBODY_FOR_MS = 60_000;

/** Behaves as a compute service does: attaches, completes, looks, detaches, again and again, until it is told to stop. */
export class Compute {
  private at: number;

  constructor(
    private readonly stage: Stage,
    private readonly part: Part,
    private readonly random: Random,
  ) {
    this.at = random.between(0, stage.gateways.length - 1);
  }

  async run(): Promise<void> {
    const { name, volume } = this.part;
    try {
      while (!this.stage.stopping) {
        await this.attachment({ client: name, volume, instance: this.part.instance ?? randomUUID(), host: name.replaceAll(' ', '-') });
      }
    } catch (error) {
      this.stage.complaints.push(`${name} has given up: ${String(error)}`);
    }
  }

  /** The life of one attachment. Where it ends once the run is stopping is left to chance, so that the end is varied. */
  private async attachment(owner: Owner): Promise<void> {
    const withConnector = this.part.instance === undefined && this.random.chance(0.4);
    const id = withConnector ? await this.created(owner) : await this.reserved(owner);
    if (id === null) return void (await pause(this.random.between(200, 500)));
    if (this.leaves()) return;
    const connected = withConnector || (await this.updated(owner, id));
    if (this.leaves()) return;
    if (connected) await this.completed(owner, id);
    if (this.random.chance(0.3)) await this.shown(owner, id);
    if (this.leaves()) return;
    await this.deleted(owner, id);
  }

  private leaves(): boolean {
    return this.stage.stopping && this.random.chance(0.3);
  }

  private async reserved(owner: Owner): Promise<string | null> {
    return this.made({ ...owner, verb: 'reserve', attachment: null, host: null });
  }

  private async created(owner: Owner): Promise<string | null> {
    return this.made({ ...owner, verb: 'create', attachment: null, globalRequest: `req-${randomUUID()}` });
  }

  /** An attachment of its own, or null where the volume is taken, or where the driver has failed. What came of a lost answer is looked for. */
  private async made(asked: Asked): Promise<string | null> {
    const { answer, doubts } = await this.insisted(asked);
    const id = answer.status === 200 ? (answer.body.attachment.id as string) : null;
    if (id !== null) this.stage.owned.add(id);
    else if (answer.status !== 400 && answer.status < 500) this.complain(asked, answer);
    if (doubts) await this.tidied(asked);
    return id;
  }

  private async updated(owner: Owner, attachment: string): Promise<boolean> {
    const asked: Asked = { ...owner, verb: 'update', attachment };
    const { answer } = await this.insisted(asked);
    const duplicate = answer.status === 409 && this.part.instance !== undefined;
    if (answer.status !== 200 && answer.status !== 500 && !duplicate) this.complain(asked, answer);
    return answer.status === 200;
  }

  private async completed(owner: Owner, attachment: string): Promise<void> {
    const asked: Asked = { ...owner, verb: 'complete', attachment, host: null };
    const { answer } = await this.insisted(asked);
    if (answer.status !== 204) this.complain(asked, answer);
  }

  private async shown(owner: Owner, attachment: string): Promise<void> {
    const asked: Asked = { ...owner, verb: 'show', attachment, host: null };
    const { answer } = await this.insisted(asked);
    if (answer.status !== 200) this.complain(asked, answer);
  }

  /** Gone is gone: after an answer that left it open, or where a create is taken back by the gateway too, 404 says that it was carried out. */
  private async deleted(owner: Owner, attachment: string, mayBeGone = false): Promise<void> {
    const asked: Asked = { ...owner, verb: 'delete', attachment, host: null };
    const { answer, doubts } = await this.insisted(asked);
    if (answer.status !== 200 && !(answer.status === 404 && (doubts || mayBeGone))) this.complain(asked, answer);
  }

  /**
   * The answer that counts: of the last repeat, and, where that is an error of the server still, of those after the calm. `doubts`: an
   * earlier one was not answered, or left it open.
   */
  private async insisted(asked: Asked): Promise<{ answer: Answered; doubts: boolean }> {
    let { answer, doubts } = await this.repeated(asked);
    if (answer.status >= 500 && !saysWhy(messageOf(answer.body))) {
      await this.stage.calm;
      ({ answer } = await this.repeated(asked));
      doubts = true;
    }
    return { answer, doubts };
  }

  private async repeated(asked: Asked): Promise<{ answer: Answered; doubts: boolean }> {
    const repeats = asked.verb === 'update' || asked.verb === 'delete' ? REPEATS : 0;
    let { answer, doubts } = await this.heard(asked);
    for (let n = 0; n < repeats && (answer.status === 500 || answer.status === 504); n++) {
      ({ answer } = await this.heard(asked));
      doubts = true;
    }
    return { answer, doubts };
  }

  /** The first answer: whoever does not answer is left for the other. */
  private async heard(asked: Asked): Promise<{ answer: Answered; doubts: boolean }> {
    const giveUpAt = Date.now() + NOBODY_FOR_MS;
    let doubts = false;
    for (;;) {
      const answer = await this.stage.recorder.call(this.gateway, asked);
      if (answer) return { answer, doubts };
      doubts ||= answer === null;
      this.at++;
      if (answer === undefined) await pause(NOBODY_MS);
      if (Date.now() > giveUpAt || this.stage.abandoned) throw new Error(`${asked.client}: no gateway answers`);
    }
  }

  /** Rows of a create that was not answered: nobody else would miss them, and they hold the volume. */
  private async tidied({ client, volume, instance }: Asked): Promise<void> {
    const listed = await request(this.gateway, 'GET', `/v3/attachments?instance_id=${instance}`).catch(() => null);
    const rows: { id: string; volume_id: string }[] = listed?.status === 200 ? listed.body.attachments : [];
    for (const { id, volume_id: of } of rows) {
      if (of !== volume || this.stage.owned.has(id)) continue;
      this.stage.owned.add(id);
      await this.deleted({ client, volume, instance, host: null }, id, true);
    }
  }

  private complain({ client, verb, attachment, volume }: Asked, { status, body }: Answered): void {
    this.stage.complaints.push(`${client}: ${verb} of ${attachment ?? volume} ended in ${status} ${JSON.stringify(body)}`);
  }

  private get gateway(): string {
    return this.stage.gateways[this.at % this.stage.gateways.length] ?? '';
  }
}
