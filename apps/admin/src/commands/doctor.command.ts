import { BackendsService, detachCallers } from '@app/attachments';
import { Command } from 'nest-commander';
import type { AdminConfig } from '../admin.config.js';
import { AdminStore } from '../admin-store.js';
import { examineBroker } from '../doctor/broker.examination.js';
import { examineCompute, examineDetaches } from '../doctor/compute.examination.js';
import { examineDatabase, examineKeys } from '../doctor/database.examination.js';
import { type DoctorConfig, doctorConfig } from '../doctor/doctor.config.js';
import { examined, failed, type Finding, warning } from '../doctor/finding.js';
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
    const config = doctorConfig(process.env);
    const findings = [
      ...config.faults.map((fault) => failed('configuration', fault)),
      ...(await this.ofStore(config)),
      ...(await this.beside(config)),
    ];
    printList(findings, format, ['what', 'verdict', 'found']);
    const count = findings.filter(({ verdict }) => verdict === 'failed').length;
    if (count > 0) throw new ProblemsFound(count === 1 ? '1 check has failed.' : `${count} checks have failed.`);
  }

  /** The broker is asked without a database too: then about no backend, since which there are is in the rows. */
  private async ofStore({ store, amqp }: DoctorConfig): Promise<Finding[]> {
    let backends: BackendsService | null = null;
    const onDatabase = async (config: AdminConfig) => {
      const database = await this.store.database({ make: false }, config);
      const found = await examined('database', () => examineDatabase(database, config));
      if (found.every(({ verdict }) => verdict !== 'failed')) backends = new BackendsService(database, config.times);
      return [
        ...found,
        ...(await examined('keys', () => examineKeys(database, config))),
        ...(await examined('detaches', async () => examineDetaches(await detachCallers(database)))),
      ];
    };
    return [
      ...(store ? await examined('database', () => onDatabase(store)) : []),
      ...(amqp ? await examined('broker', () => examineBroker(amqp, backends)) : []),
    ];
  }

  private async beside({ identity, nova }: DoctorConfig): Promise<Finding[]> {
    if (!identity) return [];
    const { keystone } = identity;
    let own: OwnToken | null = null;
    return [
      ...(keystone
        ? await examined('keystone', async () => examineIdentity((own = await ownToken(keystone)), keystone))
        : [warning('keystone', 'AUTH_STRATEGY is noauth: whoever reaches the API is an administrator')]),
      ...(nova ? await examined('compute', () => examineCompute(nova, keystone, own)) : []),
    ];
  }
}
