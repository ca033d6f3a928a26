/** One identity's way to one volume. */
export interface Grant {
  identity: string;
  key: Buffer;
  exportName: string;
  file: string;
  size: number;
  readOnly: boolean;
  volumeId: string;
  attachmentId: string;
}

/** A client's connection, as far as it must be ended. */
export interface Session {
  cut(): void;
  /** Settles when none of its requests is under way any more. */
  readonly ended: Promise<void>;
}

/** A grant in force and the sessions that use it. */
export class Access {
  private readonly sessions = new Set<Session>();
  private over = false;

  constructor(readonly grant: Grant) {}

  /** Asked right before each request takes effect. */
  get revoked(): boolean {
    return this.over;
  }

  /** A session that comes when the access has just ended is cut at once. */
  enter(session: Session): void {
    if (this.over) session.cut();
    this.sessions.add(session);
    void session.ended.then(() => this.sessions.delete(session));
  }

  /** Returns when no session of it is left: nothing of this client reaches the volume afterwards. */
  async end(): Promise<void> {
    this.over = true;
    const sessions = [...this.sessions];
    for (const session of sessions) session.cut();
    await Promise.all(sessions.map(({ ended }) => ended));
  }
}

/** Who may come in: nobody but the identities that are listed at this moment. */
export class AccessList {
  private readonly accesses = new Map<string, Access>();

  find(identity: string): Access | undefined {
    return this.accesses.get(identity);
  }

  ofVolume(volumeId: string): Grant[] {
    return [...this.accesses.values()].map(({ grant }) => grant).filter((grant) => grant.volumeId === volumeId);
  }

  /** The same grant again leaves its sessions alone; a changed one ends them. */
  async allow(grant: Grant): Promise<void> {
    const former = this.accesses.get(grant.identity);
    if (former && isSame(former.grant, grant)) return;
    this.accesses.set(grant.identity, new Access(grant));
    await former?.end();
  }

  async revoke(identity: string): Promise<void> {
    const access = this.accesses.get(identity);
    this.accesses.delete(identity);
    await access?.end();
  }
}

const isSame = (one: Grant, other: Grant): boolean =>
  one.key.equals(other.key) &&
  one.file === other.file &&
  one.size === other.size &&
  one.readOnly === other.readOnly &&
  one.exportName === other.exportName &&
  one.attachmentId === other.attachmentId;
