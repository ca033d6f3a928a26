import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import type { GatewayConfig } from '../gateway.config.js';
import { isAboutAttachment } from '../openstack/faults.js';

const SAID_EVERY_MS = 10_000;
/** Of the places that there are for its kind of request, what one project may take: the same of others must find one. */
const SHARE = 3 / 4;

/** One that was let in. */
interface Place {
  /** Once it is known. */
  project: Project | null;
  /** Its body is still on its way: a slow one takes nobody's place. */
  arriving: boolean;
}

/** How many of a project were let in. */
interface Project {
  id: string;
  inside: number;
  arriving: number;
}

type Limits = Pick<GatewayConfig, 'MAX_REQUESTS' | 'MAX_WAITING' | 'MAX_REQUESTS_PER_PROJECT'>;

/**
 * Who is let in. What was let in is counted until it is answered, also when its caller has gone: the work for him goes on. Those that only
 * wait for a driver hold neither a connection nor the processor, so they have a limit of their own.
 */
export class Admission {
  private readonly logger = new Logger(Admission.name);
  private readonly inside = new Map<IncomingMessage, Place>();
  private readonly projects = new Map<string, Project>();
  private arriving = 0;
  /** By the limit that was reached. */
  private readonly refused = new Map<string, number>();
  /** How many of those inside wait for a driver; of one project, or of all. */
  waiting: (projectId?: string) => number = () => 0;

  constructor(private readonly limits: Limits) {}

  /** Let in, and not answered yet. */
  get underWay(): number {
    return this.inside.size;
  }

  get atWork(): number {
    return this.inside.size - this.arriving - this.waiting();
  }

  /** Takes the request in, or says that there is no room for it. */
  enters(request: IncomingMessage): boolean {
    const limit = this.reached(request, this.atWork);
    if (limit) return this.refuse(limit);
    this.inside.set(request, { project: null, arriving: false });
    return true;
  }

  /** Who it is is known, and its body may take its time. Until then it has a place, so that no more ask Keystone at once than there are. */
  awaitsBody(request: IncomingMessage): void {
    const place = this.inside.get(request);
    if (place && hasBody(request)) this.setArriving(place, true);
  }

  /** Its body is there, or it has none. There may be no room left for it now: others were quicker. */
  arrives(request: IncomingMessage): boolean {
    const place = this.inside.get(request);
    if (!place?.arriving) return true;
    const limit = this.reached(request, this.atWork) ?? this.shareReached(place.project, request);
    this.setArriving(place, false);
    return limit === null || this.refuse(limit);
  }

  /** Counts it with its project, or says that the project has enough under way: it must not take all places of the others. */
  entersAs(projectId: string, request: IncomingMessage): boolean {
    const place = this.inside.get(request);
    // What is always let in has no place to leave.
    if (!place) return true;
    const project = this.projects.get(projectId) ?? { id: projectId, inside: 0, arriving: 0 };
    if (project.inside >= this.limits.MAX_REQUESTS_PER_PROJECT) return this.refuse(`MAX_REQUESTS_PER_PROJECT of ${projectId}`);
    const limit = place.arriving ? null : this.shareReached(project, request);
    if (limit) return this.refuse(limit);
    this.projects.set(projectId, project);
    place.project = project;
    project.inside++;
    if (place.arriving) project.arriving++;
    return true;
  }

  leaves(request: IncomingMessage): void {
    const place = this.inside.get(request);
    if (!place) return;
    this.setArriving(place, false);
    this.inside.delete(request);
    const { project } = place;
    if (project && --project.inside === 0) this.projects.delete(project.id);
  }

  private setArriving(place: Place, arriving: boolean): void {
    if (place.arriving === arriving) return;
    const by = arriving ? 1 : -1;
    place.arriving = arriving;
    this.arriving += by;
    if (place.project) place.project.arriving += by;
  }

  /** The limit that leaves no room for it. */
  private reached(request: IncomingMessage, atWork: number): string | null {
    if (atWork >= this.roomFor(request)) return 'MAX_REQUESTS';
    return request.method !== 'GET' && this.waiting() >= this.limits.MAX_WAITING ? 'MAX_WAITING' : null;
  }

  private shareReached(project: Project | null, request: IncomingMessage): string | null {
    if (!project) return null;
    const atWork = project.inside - project.arriving - this.waiting(project.id);
    return atWork >= this.roomFor(request) * SHARE ? `3/4 of MAX_REQUESTS of ${project.id}` : null;
  }

  /**
   * What ends something that was begun has twice the room of what begins something: else, under a load of many times what can be done, the
   * steps of those who were let in would be refused by the same measure as new ones, and hardly anybody would ever come to an end.
   */
  private roomFor(request: IncomingMessage): number {
    const ends = request.method !== 'GET' && isAboutAttachment(request);
    return ends ? this.limits.MAX_REQUESTS : this.limits.MAX_REQUESTS / 2;
  }

  /** Said at the first refusal, with its limit, and then now and again with all: a line for each would be load of its own. */
  private refuse(limit: string): false {
    if (this.refused.size === 0) {
      this.logger.warn(`requests are refused, ${limit} is reached: ${this.atWork} are at work, ${this.waiting()} wait for a driver`);
      setTimeout(() => this.sum(), SAID_EVERY_MS).unref();
    }
    this.refused.set(limit, (this.refused.get(limit) ?? 0) + 1);
    return false;
  }

  private sum(): void {
    const each = [...this.refused].map(([limit, count]) => `${count} by ${limit}`);
    const count = [...this.refused.values()].reduce((sum, one) => sum + one, 0);
    this.refused.clear();
    if (count > 1) this.logger.warn(`${count} requests were refused within ${SAID_EVERY_MS / 1000} s: ${each.join(', ')}`);
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
