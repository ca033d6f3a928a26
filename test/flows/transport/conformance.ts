import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';
import {
  type Bell,
  BOOKKEEPING_QUEUE,
  backendQueue,
  DELIVERY_LIMIT,
  HandleCommand,
  type Transport,
  type TransportOptions,
} from '@app/messaging';
import { until } from '../../support/until.js';
import { aBackend, aBell, aGate, type Gateway, startGateway, startWorker } from './ends.js';

/** A message as another program may send it. */
export interface Foreign {
  type?: string;
  messageId?: string;
  headers: Record<string, unknown>;
  body: string;
}

export interface Subject {
  name: string;
  open(options?: TransportOptions & { prefetch?: number }): Transport;
  /** Puts a message on the exchange of commands past the client. */
  send(transport: Transport, routingKey: string, message: Foreign): Promise<void>;
}

@Controller()
class OneHandler {
  @HandleCommand('attachment.attach')
  async attach(_: Bell): Promise<void> {}
}

const trace = { requestId: 'req-1', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };

/** What every transport must do; the rest of Mooring does not know which one it is on. */
export function conforms(subject: Subject): void {
  describe(`a transport (${subject.name})`, () => {
    let transport: Transport;
    let gateway: Gateway;
    let backend: string;

    const open = async (options?: Parameters<Subject['open']>[0]) => {
      transport = subject.open(options);
      gateway = await startGateway(transport);
    };
    const ring = (bell: Bell) => firstValueFrom(gateway.commands.ring('attachment.attach', bell, trace));
    const deadLetter = (id: string) => until(`dead letter ${id}`, () => transport.deadLetters().show(id));

    beforeEach(async () => {
      backend = aBackend();
      await open();
    });
    afterEach(() => gateway.close());

    it('answers a bell once its worker has looked, with nothing but "look now"', async () => {
      const worker = await startWorker(transport, [backend]);
      const bell = aBell(backend);
      const answers: unknown[] = [];

      await new Promise<void>((complete) =>
        gateway.commands.ring('attachment.attach', bell, trace).subscribe({ next: (answer) => answers.push(answer), complete }),
      );

      expect(answers).toEqual([undefined]);
      expect(worker.bells).toEqual([bell]);
      expect(worker.bells[0]).not.toBe(bell);
      expect(worker.contexts[0]).toMatchObject({ ...trace, redelivered: false });
    });

    it('rings nobody before it is subscribed to', async () => {
      const worker = await startWorker(transport, [backend]);
      const [first, second] = [aBell(backend), aBell(backend)];
      const ringing = gateway.commands.ring('attachment.attach', first, trace);

      await ring(second);
      await firstValueFrom(ringing);

      expect(worker.rung).toEqual([second.operationId, first.operationId]);
    });

    it('rings at the queue that every worker serves for what needs no driver', async () => {
      await startWorker(transport, [backend]);
      const bell = { ...aBell(null), attachmentId: null };

      await firstValueFrom(gateway.commands.ring('volume.create', bell, { requestId: 'req-2' }));

      await subject.send(transport, 'bookkeeping', { headers: {}, messageId: bell.operationId, body: '' });
      expect(await deadLetter(bell.operationId)).toMatchObject({ queue: BOOKKEEPING_QUEUE });
    });

    it('given a handler that throws, then the bell is answered and not delivered again', async () => {
      const failing = await startWorker(transport, [backend], { behave: () => Promise.reject(new Error('the array is on fire')) });

      await ring(aBell(backend));
      await failing.close();
      const next = await startWorker(transport, [backend]);
      const later = aBell(backend);
      await ring(later);

      expect(next.rung).toEqual([later.operationId]);
    });

    it('answers a bell that comes twice, twice', async () => {
      const worker = await startWorker(transport, [backend]);
      const bell = aBell(backend);

      await Promise.all([ring(bell), ring(bell)]);

      expect(worker.rung).toEqual([bell.operationId, bell.operationId]);
    });

    it('given two workers of a backend, then they share its queue', async () => {
      await gateway.close();
      await open({ prefetch: 1 });
      const bothAtWork = aGate();
      let atWork = 0;
      const behave = async () => {
        if (++atWork === 2) bothAtWork.open();
        await bothAtWork.opened;
      };
      const workers = [await startWorker(transport, [backend], { behave }), await startWorker(transport, [backend], { behave })];
      const bells = Array.from({ length: 20 }, () => aBell(backend));

      await Promise.all(bells.map(ring));

      const rung = workers.flatMap((worker) => worker.rung);
      expect(rung.toSorted()).toEqual(bells.map((bell) => bell.operationId).toSorted());
      expect(workers.every((worker) => worker.rung.length > 0)).toBe(true);
    });

    it('carries out as many commands at once as the prefetch says', async () => {
      await gateway.close();
      await open({ prefetch: 3 });
      let [atWork, most] = [0, 0];
      const threeAtWork = aGate();
      const behave = async () => {
        most = Math.max(most, ++atWork);
        if (atWork === 3) threeAtWork.open();
        await threeAtWork.opened;
        await new Promise(setImmediate);
        atWork--;
      };
      await startWorker(transport, [backend], { behave });

      await Promise.all(Array.from({ length: 12 }, () => ring(aBell(backend))));

      expect(most).toBe(3);
    });

    it('serves one backend beside another, and only those it was told to', async () => {
      const other = aBackend();
      const [one, two] = [await startWorker(transport, [backend]), await startWorker(transport, [other])];
      const [mine, theirs] = [aBell(backend), aBell(other)];

      await Promise.all([ring(mine), ring(theirs)]);

      expect([one.rung, two.rung]).toEqual([[mine.operationId], [theirs.operationId]]);
    });

    const ids = { operation_id: 'o', volume_id: 'v', attachment_id: 'a', backend: null };
    const good = { type: 'attachment.attach', headers: { 'x-schema': 1 }, body: JSON.stringify(ids) };
    it.each<[string, Foreign]>([
      ['that is not JSON', { ...good, body: '{"operation_id"' }],
      ['whose body is no object', { ...good, body: 'null' }],
      ['of an unknown schema', { ...good, headers: { 'x-schema': 2 } }],
      ['without a schema', { ...good, headers: {} }],
      ['of an unknown type', { ...good, type: 'attachment.explode' }],
      ['of a type that every object has', { ...good, type: 'constructor' }],
      ['without a type', { ...good, type: undefined }],
      ['without an operation id', { ...good, body: JSON.stringify({ ...ids, operation_id: undefined }) }],
      ['with a volume id that is no text', { ...good, body: JSON.stringify({ ...ids, volume_id: 7 }) }],
      ['with a volume id that no column holds', { ...good, body: JSON.stringify({ ...ids, volume_id: 'v\0' }) }],
      ['with an id as long as a book', { ...good, body: JSON.stringify({ ...ids, operation_id: 'o'.repeat(256) }) }],
      ['about an attachment, without its id', { ...good, body: JSON.stringify({ ...ids, attachment_id: null }) }],
      ['that is far too long', { ...good, body: JSON.stringify({ ...ids, more: 'x'.repeat(100_000) }) }],
    ])('puts a message %s aside, and goes on with the others', async (_, message) => {
      const worker = await startWorker(transport, [backend]);
      const messageId = randomUUID();
      const bell = aBell(backend);

      await subject.send(transport, backend, { ...message, messageId });
      await ring(bell);

      const letter = await deadLetter(messageId);
      expect(letter).toMatchObject({
        id: messageId,
        queue: backendQueue(backend).name,
        reason: 'rejected',
        time: expect.any(Date),
        type: message.type ?? null,
        body: message.body.length > 4_096 ? `${message.body.slice(0, 4_096)}…` : message.body,
      });
      expect(letter.headers).toEqual(message.headers);
      expect(worker.rung).toEqual([bell.operationId]);
    });

    it('shows dead letters without taking them away, the oldest first', async () => {
      const worker = await startWorker(transport, [backend]);
      const sent: string[] = [randomUUID(), randomUUID(), randomUUID()];
      for (const messageId of sent) await subject.send(transport, backend, { ...good, messageId, type: 'nothing' });
      for (const messageId of sent) await deadLetter(messageId);

      const listed = async () => (await transport.deadLetters().list(1_000)).map(({ id }) => id).filter((id) => sent.includes(id));

      expect(await listed()).toEqual(sent);
      expect(await listed()).toEqual(sent);
      expect(await transport.deadLetters().list(1)).toHaveLength(1);
      expect(await transport.deadLetters().show('none')).toBeNull();
      await worker.close();
    });

    it('given a worker that closes while a command is at work, then it finishes, answers and is not asked again', async () => {
      const gate = aGate();
      const closing = await startWorker(transport, [backend], { behave: () => gate.opened });
      const [first, second] = [aBell(backend), aBell(backend)];
      const answered = ring(first);
      await until('the command is at work', () => closing.rung.length === 1);

      const closed = closing.close();
      gate.open();
      await Promise.all([answered, closed]);
      const next = await startWorker(transport, [backend]);
      await ring(second);

      expect(next.rung).toEqual([second.operationId]);
    });

    it('given a worker that closes, then bells that come meanwhile wait for the next one', async () => {
      const gate = aGate();
      const closing = await startWorker(transport, [backend], { behave: () => gate.opened });
      const [first, second] = [aBell(backend), aBell(backend)];
      const answered = ring(first);
      await until('the command is at work', () => closing.rung.length === 1);
      const closed = closing.close();
      const next = await startWorker(transport, [backend]);
      await ring(second);
      gate.open();
      await Promise.all([answered, closed]);

      expect([closing.rung, next.rung]).toEqual([[first.operationId], [second.operationId]]);
    });

    it('given a command that outlasts the drain, then the worker closes and the bell goes to the next one', async () => {
      await gateway.close();
      await open({ drainMs: 50 });
      const gate = aGate();
      const stuck = await startWorker(transport, [backend], { behave: () => gate.opened });
      const bell = aBell(backend);
      const answered = ring(bell);
      await until('the command is at work', () => stuck.rung.length === 1);

      await stuck.close();
      const next = await startWorker(transport, [backend]);
      await answered;
      gate.open();

      expect(next.rung).toEqual([bell.operationId]);
      expect(next.contexts[0]).toMatchObject({ redelivered: true });
    });

    it('given a bell that no worker lives to answer, then it is put aside after the delivery limit', async () => {
      await gateway.close();
      await open({ drainMs: 0 });
      const bell = aBell(backend);
      const silence = gateway.commands.ring('attachment.attach', bell, trace);
      let taken = 0;

      for (let n = 0; n <= DELIVERY_LIMIT; n++) {
        const gate = aGate();
        const dying = await startWorker(transport, [backend], { behave: () => gate.opened });
        if (n === 0) silence.subscribe();
        await until(`delivery ${n}`, () => dying.rung.length === 1);
        taken += dying.rung.length;
        await dying.close();
        gate.open();
      }

      expect(await deadLetter(bell.operationId)).toMatchObject({ reason: 'delivery_limit', type: 'attachment.attach' });
      expect(taken).toBe(DELIVERY_LIMIT + 1);
    });

    it('given no worker now, then a bell waits for the next one', async () => {
      await (await startWorker(transport, [backend])).close();
      const bell = aBell(backend);
      const answered = ring(bell);

      const late = await startWorker(transport, [backend]);
      await answered;

      expect(late.rung).toEqual([bell.operationId]);
    });

    it('given a caller that stopped waiting, then its reply reaches nobody and others are answered', async () => {
      const gate = aGate();
      const worker = await startWorker(transport, [backend], { behave: () => gate.opened });
      const answers: string[] = [];
      const impatient = gateway.commands.ring('attachment.attach', aBell(backend), trace).subscribe(() => answers.push('impatient'));
      const patient = ring(aBell(backend)).then(() => answers.push('patient'));
      await until('both are at work', () => worker.rung.length === 2);

      impatient.unsubscribe();
      gate.open();
      await patient;
      await ring(aBell(backend));

      expect(answers).toEqual(['patient']);
    });

    it('refuses to start a worker that lacks handlers, and names all that are missing', async () => {
      await expect(startWorker(transport, [backend], { handlers: OneHandler })).rejects.toThrow(
        'No handler for attachment.complete, attachment.detach, volume.create, volume.delete, volume.extend, volume.connect, volume.disconnect',
      );
    });

    it('may be closed twice', async () => {
      await startWorker(transport, [backend]);

      await transport.close();

      await expect(transport.close()).resolves.toBeUndefined();
    });
  });
}
