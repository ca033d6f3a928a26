import { open } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { AccessList, Session } from './access-list.js';
import { Handshake, type Chosen } from './handshake.js';
import { Transmission } from './transmission.js';
import { Wire } from './wire.js';

const KEEP_ALIVE_MS = 30_000;

/** One client from its first byte to its last. Whatever goes wrong in it is its own affair: `ended` never rejects. */
export class ClientSession implements Session {
  readonly ended: Promise<void>;
  private secured: Wire | null = null;

  constructor(
    private readonly raw: Socket,
    private readonly list: AccessList,
    private readonly handshakeMs: number,
  ) {
    raw.setNoDelay(true);
    raw.setKeepAlive(true, KEEP_ALIVE_MS);
    this.ended = this.run().then(
      () => this.cut(),
      () => this.cut(),
    );
  }

  cut(): void {
    this.secured?.socket.destroy();
    this.raw.destroy();
  }

  private async run(): Promise<void> {
    const chosen = await this.negotiate();
    if (!chosen) return;
    this.secured = chosen.wire;
    const { file: path, readOnly } = chosen.access.grant;
    const file = await open(path, readOnly ? 'r' : 'r+');
    try {
      await new Transmission(chosen.wire, chosen.access, file).run();
    } finally {
      await file.close();
    }
  }

  /** A client that has not chosen in time holds a socket for nothing. */
  private async negotiate(): Promise<Chosen | null> {
    const tooLate = setTimeout(() => this.cut(), this.handshakeMs);
    try {
      return await new Handshake(new Wire(this.raw), this.list, this).run();
    } finally {
      clearTimeout(tooLate);
    }
  }
}
