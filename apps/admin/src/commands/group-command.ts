import { AdminCommand, type Parser } from './admin-command.js';

/** A noun without a verb does nothing, and says what there is. */
export abstract class GroupCommand extends AdminCommand {
  async run([word]: string[]): Promise<void> {
    if (word !== undefined) this.command.error(`error: unknown command '${word}'`, { code: 'commander.unknownCommand' });
    this.command.help({ error: true });
  }

  /** The word that is no verb is named as such. */
  override setCommand(command: Parser): this {
    super.setCommand(command);
    command.allowExcessArguments();
    return this;
  }
}
