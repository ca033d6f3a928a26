import { detachCallers } from '@app/attachments';
import { Command } from 'nest-commander';
import { AdminStore } from '../admin-store.js';
import { examineBroker } from '../doctor/broker.examination.js';
import { examineCompute, examineDetaches } from '../doctor/compute.examination.js';
import { examineDatabase, examineKeys } from '../doctor/database.examination.js';
import { doctorConfig } from '../doctor/doctor.config.js';
import { examined, type Finding, warning } from '../doctor/finding.js';
import { examineIdentity, type OwnToken, ownToken } from '../doctor/identity.examination.js';
import { ProblemsFound } from '../exit-code.js';
import { type Format, printList } from '../printing.js';
import { PrintingCommand } from './admin-command.js';

@Command({
  name: 'doctor',
  description:
    'Say what is configured and whether it works: database, clock, keys, broker, Keystone, compute. Give it the environment of a gateway. Exit code 3: something failed.',
})
export class DoctorCommand extends PrintingCommand {
  protected readonly examples = ['doctor', 'doctor -f json'];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run(_: string[], { format }: { format: Format }): Promise<void> {
    const findings = [...(await examined('database', () => this.onDatabase())), ...(await examined('configuration', () => this.beside()))];
    printList(findings, format, ['what', 'verdict', 'found']);
    const count = findings.filter(({ verdict }) => verdict === 'failed').length;
    if (count > 0) throw new ProblemsFound(count === 1 ? '1 check has failed.' : `${count} checks have failed.`);
  }

  private async onDatabase(): Promise<Finding[]> {
    const database = await this.store.database({ make: false });
    const config = this.store.config();
    const { amqp, times } = config;
    return [
      ...(await examined('database', () => examineDatabase(database))),
      ...(await examined('keys', () => examineKeys(database, config))),
      ...(await examined('detaches', async () => examineDetaches(await detachCallers(database)))),
      ...(amqp ? await examined('broker', () => examineBroker(amqp, database, times)) : []),
    ];
  }

  private async beside(): Promise<Finding[]> {
    const { nova, keystone } = doctorConfig(process.env);
    let own: OwnToken | null = null;
    return [
      ...(keystone
        ? await examined('keystone', async () => examineIdentity((own = await ownToken(keystone)), keystone))
        : [warning('keystone', 'AUTH_STRATEGY is noauth: whoever reaches the API is an administrator')]),
      ...(await examined('compute', () => examineCompute(nova, keystone, own))),
    ];
  }
}
