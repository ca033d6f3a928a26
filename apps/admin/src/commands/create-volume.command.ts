import { Option, SubCommand } from 'nest-commander';
import { administrator, AdminStore } from '../admin-store.js';
import { CommandFailed } from '../exit-code.js';
import { finished, ring } from '../operation-watch.js';
import { type Format, printOne } from '../printing.js';
import { wholeNumber } from './admin-command.js';
import { shownVolume } from './show-volume.command.js';
import { secondsOf, type Wait, WaitingCommand } from './waiting-command.js';

interface Options {
  format: Format;
  size: number;
  description?: string;
  type?: string;
  zone?: string;
  project?: string;
  wait?: Wait;
}

@SubCommand({
  name: 'create',
  arguments: '[name]',
  argsDescription: { name: 'what the volume is called' },
  description: 'Promise a new volume, and print it.',
})
export class CreateVolumeCommand extends WaitingCommand {
  protected readonly examples = [
    'volume create data --size 10 --wait',
    'volume create --size 1 --type multi --project 89afd400b646452b -f json',
  ];

  constructor(private readonly store: AdminStore) {
    super();
  }

  async run([name]: string[], { size, description, type, zone, project, wait, format }: Options): Promise<void> {
    const { volumes, operations } = await this.store.services();
    const caller = administrator(project);
    const request = { name: name ?? null, description: description ?? null, volumeType: type ?? null, availabilityZone: zone ?? null };
    const { volume, promised } = await volumes.create(caller, { ...request, size, metadata: {} });
    if (promised) await ring(promised, this.store.config().amqp, caller.requestId);
    if (promised && wait !== undefined) await finished(operations, promised.operationId, secondsOf(wait));
    printOne({ ...shownVolume(await volumes.find(caller, volume.id)), operation: promised?.operationId ?? null }, format);
    if (!promised) throw new CommandFailed('No worker serves a backend for this volume, so it is in error.');
  }

  @Option({ flags: '-s, --size <GiB>', description: 'how large it is', required: true })
  size(value: string): number {
    return wholeNumber(value);
  }

  @Option({ flags: '-d, --description <text>', description: 'what it is for' })
  description(value: string): string {
    return value;
  }

  @Option({ flags: '-t, --type <name or id>', description: 'its volume type' })
  type(value: string): string {
    return value;
  }

  @Option({ flags: '-z, --zone <name>', description: 'its availability zone' })
  zone(value: string): string {
    return value;
  }

  @Option({ flags: '-p, --project <id>', description: 'whose it is (default: admin)' })
  project(value: string): string {
    return value;
  }
}
