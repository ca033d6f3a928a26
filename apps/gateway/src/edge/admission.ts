import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import type { GatewayConfig } from '../gateway.config.js';
import { isAboutAttachment } from '../openstack/faults.js';

const SAID_EVERY_MS = 10_000;

/**
 * Who is let in. What was let in is counted until it is answered, also when its caller has gone: the work for him goes on. Those that only
 * wait for a driver hold neither a connection nor the processor, so they have a limit of their own.
 */
export class Admission {
  private readonly logger = new Logger(Admission.name);
  /** With the project of each, once it is known. */
  private readonly inside = new Map<IncomingMessage, string | null>();
  /** Those of them whose bodies are still on their way: a slow one takes nobody's place. */
  private readonly arriving = new Set<IncomingMessage>();
  private readonly ofProject = new Map<string, number>();
  private refused = 0;
  /** How many of those inside wait for a driver. */
  waiting: () => number = () => 0;

  constructor(private readonly limits: Pick<GatewayConfig, 'MAX_REQUESTS' | 'MAX_WAITING' | 'MAX_REQUESTS_PER_PROJECT'>) {}

  /** Let in, and not answered yet. */
  get underWay(): number {
    return this.inside.size;
  }

  get atWork(): number {
    return this.inside.size - this.arriving.size - this.waiting();
  }

  /** Takes the request in, or says that there is no room for it. */
  enters(request: IncomingMessage): boolean {
    if (this.isFull(request, this.atWork)) {
      this.refuse();
      return false;
    }
    this.inside.set(request, null);
    return true;
  }

  /** Who it is is known, and its body may take its time. Until then it has a place, so that no more ask Keystone at once than there are. */
  awaitsBody(request: IncomingMessage): void {
    if (this.inside.has(request) && hasBody(request)) this.arriving.add(request);
  }

  /** Its body is there, or it has none. There may be no room left for it now: others were quicker. */
  arrives(request: IncomingMessage): boolean {
    if (!this.arriving.delete(request) || !this.isFull(request, this.atWork - 1)) return true;
    this.refuse();
    return false;
  }

  /** Counts it with its project, or says that the project has enough under way: it must not take all places of the others. */
  entersAs(projectId: string, request: IncomingMessage): boolean {
    // What is always let in has no place to leave.
    if (!this.inside.has(request)) return true;
    const count = this.ofProject.get(projectId) ?? 0;
    if (count >= this.limits.MAX_REQUESTS_PER_PROJECT) {
      this.refuse();
      return false;
    }
    this.inside.set(request, projectId);
    this.ofProject.set(projectId, count + 1);
    return true;
  }

  leaves(request: IncomingMessage): void {
    const projectId = this.inside.get(request);
    this.inside.delete(request);
    this.arriving.delete(request);
    if (projectId == null) return;
    const count = this.ofProject.get(projectId) ?? 1;
    if (count > 1) this.ofProject.set(projectId, count - 1);
    else this.ofProject.delete(projectId);
  }

  private isFull(request: IncomingMessage, atWork: number): boolean {
    return atWork >= this.roomFor(request) || (request.method !== 'GET' && this.waiting() >= this.limits.MAX_WAITING);
  }

  /**
   * What ends something that was begun has twice the room of what begins something: else, under a load of many times what can be done, the
   * steps of those who were let in would be refused by the same measure as new ones, and hardly anybody would ever come to an end.
   */
  private roomFor(request: IncomingMessage): number {
    const ends = request.method !== 'GET' && isAboutAttachment(request);
    return ends ? this.limits.MAX_REQUESTS : this.limits.MAX_REQUESTS / 2;
  }

  /** Said at the first refusal and then now and again: a line for each would be load of its own. */
  private refuse(): void {
    if (this.refused++ > 0) return;
    this.logger.warn(`requests are refused: ${this.atWork} are at work, ${this.waiting()} wait for a driver`);
    setTimeout(() => this.sum(), SAID_EVERY_MS).unref();
  }

  private sum(): void {
    if (this.refused > 1) this.logger.warn(`${this.refused} requests were refused within ${SAID_EVERY_MS / 1000} s`);
    this.refused = 0;
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
