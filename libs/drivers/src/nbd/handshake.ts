import type { Access, AccessList, Session } from './access-list.js';
import {
  blockSizeInfo,
  exportInfo,
  exportNameReply,
  greeting,
  HANDSHAKE_FLAGS,
  INFO,
  MAX_OPTION,
  OPTION_MAGIC,
  OPTION_REPLIES,
  optionReply,
  OPTIONS,
  readGo,
  type Option,
} from './protocol.js';
import { secureUpgrade } from './secure-upgrade.js';
import { ClientGone, Wire } from './wire.js';

const MAX_OPTIONS = 32;

/** What the client may use from now on. */
export interface Chosen {
  wire: Wire;
  access: Access;
}

/** The negotiation with one client. Without TLS it learns nothing, with TLS nothing but its own export. */
export class Handshake {
  private access: Access | null = null;
  private zeroes = true;

  constructor(
    private wire: Wire,
    private readonly list: AccessList,
    private readonly session: Session,
  ) {}

  /** Null when the client says goodbye. @throws ClientGone when it must be cut. */
  async run(): Promise<Chosen | null> {
    await this.greet();
    for (let count = 0; count < MAX_OPTIONS; count++) {
      const option = await this.nextOption();
      if (option.code === OPTIONS.abort) return this.goodbye(option);
      const access = await this.answer(option);
      if (access) return { wire: this.wire, access };
    }
    throw new ClientGone('it chose no export');
  }

  private async greet(): Promise<void> {
    await this.wire.write(greeting());
    const flags = (await this.wire.read(4)).readUInt32BE(0);
    const { fixedNewstyle, noZeroes } = HANDSHAKE_FLAGS;
    if (flags & ~(fixedNewstyle | noZeroes)) throw new ClientGone('it wants what was not offered');
    this.zeroes = (flags & noZeroes) === 0;
  }

  private async nextOption(): Promise<Option> {
    const head = await this.wire.read(16);
    if (head.readBigUInt64BE(0) !== OPTION_MAGIC) throw new ClientGone('it speaks something else');
    const code = head.readUInt32BE(8);
    const length = head.readUInt32BE(12);
    if (length > MAX_OPTION) {
      await this.reply(code, OPTION_REPLIES.errTooBig);
      throw new ClientGone('its option is too long');
    }
    return { code, data: await this.wire.read(length) };
  }

  private async answer(option: Option): Promise<Access | null> {
    if (option.code === OPTIONS.startTls && !this.access) return this.startTls(option);
    if (!this.access) return this.refuseInTheClear(option);
    if (option.code === OPTIONS.exportName) return this.exportName(option, this.access);
    if (option.code === OPTIONS.list) return this.listOwn(option, this.access);
    if (option.code === OPTIONS.info || option.code === OPTIONS.go) return this.infoOrGo(option, this.access);
    await this.reply(option.code, option.code === OPTIONS.startTls ? OPTION_REPLIES.errInvalid : OPTION_REPLIES.errUnsupported);
    return null;
  }

  private async startTls({ code, data }: Option): Promise<null> {
    if (data.length > 0) {
      await this.reply(code, OPTION_REPLIES.errInvalid);
      return null;
    }
    const raw = this.wire.release();
    await this.reply(code, OPTION_REPLIES.ack);
    const { socket, access } = await secureUpgrade(raw, this.list);
    this.wire = new Wire(socket);
    this.access = access;
    access.enter(this.session); // now, so that it can be cut before it has chosen its export
    return null;
  }

  private async refuseInTheClear({ code }: Option): Promise<null> {
    if (code === OPTIONS.exportName) throw new ClientGone('it asked for an export in the clear'); // this option has no error reply
    await this.reply(code, OPTION_REPLIES.errTlsRequired);
    return null;
  }

  private async exportName({ data }: Option, access: Access): Promise<Access> {
    const { exportName, size, readOnly } = access.grant;
    if (data.toString('utf8') !== exportName) throw new ClientGone('it asked for an export that is not its own');
    await this.wire.write(exportNameReply(size, readOnly, this.zeroes));
    return access;
  }

  private async listOwn({ code, data }: Option, { grant }: Access): Promise<null> {
    if (data.length > 0) {
      await this.reply(code, OPTION_REPLIES.errInvalid);
      return null;
    }
    const name = Buffer.from(grant.exportName);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(name.length);
    await this.reply(code, OPTION_REPLIES.server, Buffer.concat([length, name]));
    await this.reply(code, OPTION_REPLIES.ack);
    return null;
  }

  private async infoOrGo({ code, data }: Option, access: Access): Promise<Access | null> {
    const asked = readGo(data);
    const { exportName, size, readOnly } = access.grant;
    if (asked?.name !== exportName) {
      await this.reply(code, asked ? OPTION_REPLIES.errUnknown : OPTION_REPLIES.errInvalid);
      return null;
    }
    await this.reply(code, OPTION_REPLIES.info, exportInfo(size, readOnly));
    if (asked.wanted.includes(INFO.blockSize)) await this.reply(code, OPTION_REPLIES.info, blockSizeInfo());
    await this.reply(code, OPTION_REPLIES.ack);
    return code === OPTIONS.go ? access : null;
  }

  private async goodbye({ code }: Option): Promise<null> {
    await this.reply(code, OPTION_REPLIES.ack).catch(() => undefined); // it need not wait for the answer
    return null;
  }

  private reply(option: number, type: number, data?: Buffer): Promise<void> {
    return this.wire.write(optionReply(option, type, data));
  }
}
