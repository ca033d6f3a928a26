import { setTimeout as pause } from 'node:timers/promises';
import type { OperationLog, OperationRecord, Promised } from '@app/attachments';
import { type AmqpConfig, amqpTransport, CommandClient } from '@app/messaging';
import { firstValueFrom, race, timer } from 'rxjs';
import { CommandFailed } from './exit-code.js';

const BROKER_WAIT_MS = 2_000;
const ANSWER_WAIT_MS = 1_000;
const LOOK_EVERY_MS = 200;

/** Tells the workers at once. It may come to nothing: they sweep every second, so the work is done all the same. */
export async function ring({ command, ...promised }: Promised, amqp: AmqpConfig | undefined, requestId: string): Promise<void> {
  if (!amqp || command === null) return;
  const transport = amqpTransport(amqp);
  try {
    await transport.client.connect();
    const connected = await Promise.race([transport.ready().then(() => true), pause(BROKER_WAIT_MS, false, { ref: false })]);
    if (!connected) return void process.stderr.write('RabbitMQ cannot be reached; the workers find the operation by themselves.\n');
    const { operationId, volumeId, attachmentId, backend } = promised;
    const rung = new CommandClient(transport.client).ring(command, { operationId, volumeId, attachmentId, backend }, { requestId });
    await firstValueFrom(race(rung, timer(ANSWER_WAIT_MS)));
  } finally {
    await transport.close();
  }
}

/** @throws CommandFailed when it has failed, or is not finished in time; then it goes on without being watched. */
export async function finished(operations: OperationLog, id: string, seconds: number): Promise<OperationRecord> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const operation = await operations.find(id);
    if (operation.state === 'succeeded') return operation;
    if (operation.state === 'failed') throw new CommandFailed(`Operation ${id} failed: ${operation.reasonText ?? operation.reasonClass}`);
    if (performance.now() > until) {
      throw new CommandFailed(`Operation ${id} is not finished after ${seconds} s and goes on; see: mooring-admin operation show ${id}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}
