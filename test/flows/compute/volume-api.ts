import {
  type Attachment,
  readAttachment,
  readAttachments,
  readFault,
  readSavedVolume,
  readVersion,
  readVolume,
  type Volume,
} from './reading';
import type { Asked, Reply } from './wire';

/** What Nova makes of an answer from 400 on. */
export class NovaException extends Error {
  constructor(
    readonly exception: string,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The versions document: the one request that goes elsewhere than to the endpoint. */
export const DISCOVERY: Asked = { method: 'GET', path: '/' };

const ATTACHMENTS = '3.44';
/** Of a volume that is about to be connected Nova wants to know whether its targets are shared, as well as a server can say it. */
const SHARED_TARGETS = ['3.69', '3.48'];
const ATTEMPTS = 5;
const REPEATED = [500, 504];
const EXCEPTIONS: Partial<Record<number, string>> = { 400: 'InvalidInput', 403: 'Forbidden', 413: 'OverQuota' };

/** Nova's way to block storage: its verbs, which of them look for a microversion first, which are repeated, and what becomes of an error. */
export class VolumeApi {
  constructor(
    /** Of the service that asks. */
    readonly host: string,
    private readonly send: (asked: Asked) => Promise<Reply>,
  ) {}

  async get(volume: string, microversion?: string): Promise<Volume> {
    return readVolume(checked(await this.send({ method: 'GET', path: `/volumes/${volume}`, microversion }), 'VolumeNotFound'));
  }

  /** At the best microversion that the server has for it; each is looked for anew. */
  async getForConnection(volume: string): Promise<Volume> {
    for (const microversion of SHARED_TARGETS) if (await this.serves(microversion)) return this.get(volume, microversion);
    return this.get(volume);
  }

  async create(size: number): Promise<Volume> {
    const wanted = { size, consistencygroup_id: null, snapshot_id: null, name: '', description: '', volume_type: null };
    const rest = { availability_zone: null, metadata: {}, imageRef: null, source_volid: null, backup_id: null };
    return readVolume(checked(await this.send({ method: 'POST', path: '/volumes', body: { volume: { ...wanted, ...rest } } }), 'NotFound'));
  }

  async delete(volume: string): Promise<void> {
    checked(await this.send({ method: 'DELETE', path: `/volumes/${volume}` }), 'VolumeNotFound');
  }

  async beginDetaching(volume: string): Promise<void> {
    await this.act(volume, { 'os-begin_detaching': null });
  }

  async rollDetaching(volume: string): Promise<void> {
    await this.act(volume, { 'os-roll_detaching': null });
  }

  /** After a swap that block storage has asked for: which of the two ids the volume goes on with. */
  async migrateVolumeCompletion(volume: string, newVolume: string): Promise<string> {
    const body = { 'os-migrate_volume_completion': { new_volume: newVolume, error: false } };
    return readSavedVolume(await this.act(volume, body));
  }

  /** Never repeated. */
  async attachmentCreate(volume: string, instance: string, connector: object | null = null): Promise<Attachment> {
    if (!(await this.serves(ATTACHMENTS))) throw new NovaException('CinderAPIVersionNotAvailable', 0, ATTACHMENTS);
    const body = { attachment: { volume_uuid: volume, connector, instance_uuid: instance } };
    return readAttachment(
      checked(await this.send({ method: 'POST', path: '/attachments', microversion: ATTACHMENTS, body }), 'VolumeNotFound'),
    );
  }

  async attachmentGet(id: string): Promise<Attachment> {
    return readAttachment(this.found(await this.send({ method: 'GET', path: `/attachments/${id}`, microversion: ATTACHMENTS })));
  }

  async attachmentGetAll(instance: string): Promise<string[]> {
    const path = `/attachments?instance_id=${instance}`;
    return readAttachments(this.found(await this.send({ method: 'GET', path, microversion: ATTACHMENTS })));
  }

  async attachmentUpdate(id: string, connector: object): Promise<Attachment> {
    const body = { attachment: { connector } };
    return readAttachment(this.found(await this.repeated({ method: 'PUT', path: `/attachments/${id}`, microversion: ATTACHMENTS, body })));
  }

  async attachmentComplete(id: string): Promise<void> {
    const body = { 'os-complete': null };
    this.found(await this.send({ method: 'POST', path: `/attachments/${id}/action`, microversion: ATTACHMENTS, body }));
  }

  /** What is not there need not be deleted. */
  async attachmentDelete(id: string): Promise<void> {
    const reply = await this.repeated({ method: 'DELETE', path: `/attachments/${id}`, microversion: ATTACHMENTS });
    if (reply.status !== 404) this.found(reply);
  }

  /** How far the server goes is asked each time, and what it said is not kept. */
  async serves(microversion: string): Promise<boolean> {
    return readVersion(checked(await this.send(DISCOVERY), 'NotFound')) >= Number(microversion.replace('3.', ''));
  }

  private async act(volume: string, body: object): Promise<unknown> {
    return checked(await this.send({ method: 'POST', path: `/volumes/${volume}/action`, body }), 'VolumeNotFound');
  }

  private found(reply: Reply): unknown {
    return checked(reply, 'VolumeAttachmentNotFound');
  }

  /** Without a pause. */
  private async repeated(asked: Asked): Promise<Reply> {
    let reply = await this.send(asked);
    for (let n = 1; n < ATTEMPTS && REPEATED.includes(reply.status); n++) reply = await this.send(asked);
    return reply;
  }
}

/** @throws NovaException, which is of this kind where the answer is 404. */
function checked({ status, body }: Reply, notFound: string): unknown {
  if (status < 400) return body;
  throw new NovaException(status === 404 ? notFound : (EXCEPTIONS[status] ?? 'ClientException'), status, readFault(body));
}
