import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { until } from '../support/until';
import type { Edit } from './fault-plan';
import type { Witness } from './planted-bugs.judge';
import type { Needs, Stage } from './planted-bugs.stage';

/** A defect that somebody might put in, and what happens to be going on when it shows. */
export interface PlantedBug {
  name: string;
  edits: Edit[];
  /** What makes the moment last in which the defect shows: it is planted without the defect as well. */
  lasts?: Edit[];
  needs?: Needs;
  scenario: (stage: Stage) => Promise<void>;
  /** Who must notice; others may as well. */
  caughtBy: Witness;
}

const RESULTS = { app: 'worker', file: 'libs/attachments/src/result.statements.js' } as const;
const CLAIMS = { app: 'worker', file: 'libs/attachments/src/claim.statements.js' } as const;
const VERBS = { app: 'gateway', file: 'libs/attachments/src/attachment.statements.js' } as const;
const ATTACHES = { app: 'worker', file: 'apps/worker/src/attach-runner.js' } as const;
const SLOW_MS = 800;

export const PLANTED_BUGS: PlantedBug[] = [
  {
    name: 'the claim number is no part of the guard of a result',
    edits: [{ ...RESULTS, find: ' and operations.number = ${String(call.number)}', replace: '' }],
    needs: { workers: 2 },
    caughtBy: 'caller',
    // A worker that was frozen fails late, while another one has the detach in hand.
    async scenario(stage) {
      const id = await stage.connected('h1');
      stage.freeze(1);
      stage.faults({ hangOn: ['terminateConnection'] });
      const gone = stage.remove(id);
      await stage.driver('terminateConnection', 'begin', id);
      stage.freezeAtWork(0);
      stage.wake(1);
      await stage.driver('terminateConnection', 'begin', id, 2);
      stage.faults({ failOn: { terminateConnection: 'kaboom' } }, 0);
      stage.wake(0);
      await until('the late one has said something', () => /failed: detach|result was refused/.test(stage.worker(0).output));
      stage.faults({}, 1);
      await gone;
    },
  },
  {
    name: 'the caller is answered before the commit',
    edits: [
      {
        app: 'gateway',
        file: 'apps/gateway/src/attachments/attachments.controller.js',
        find: 'const look = await this.waiter.carriedOut((0, noted_js_1.noted)(begun), caller);',
        replace: `void this.waiter.carriedOut(begun, caller);
          const look = { state: 'succeeded', reason: null, current: true, attachment: null, remaining: [] };`,
      },
    ],
    caughtBy: 'checker',
    async scenario(stage) {
      const id = await stage.connected('h1');
      stage.faults({ latencyMs: { terminateConnection: SLOW_MS } });
      await stage.remove(id);
      await stage.show(id);
    },
  },
  {
    name: 'READ COMMITTED stands for REPEATABLE READ',
    // With the look at the start, which would have noticed by itself.
    edits: [
      {
        app: 'worker',
        file: 'libs/attachments/src/open-database.js',
        find: 'isolation=repeatable\\\\ read',
        replace: 'isolation=read\\\\ committed',
      },
      {
        app: 'worker',
        file: 'libs/attachments/src/migrator.js',
        find: "const ISOLATION = 'repeatable read';",
        replace: "const ISOLATION = 'read committed';",
      },
    ],
    needs: { workers: 2 },
    caughtBy: 'rows',
    // Two workers go for the same operation, and both have seen it free before either of them has written.
    async scenario(stage) {
      const id = await stage.reserved();
      stage.freeze(0);
      stage.freeze(1);
      stage.faults({ latencyMs: { initializeConnection: SLOW_MS } });
      const connected = stage.update(id, 'h1');
      await stage.promise({ kind: 'attach' });
      await whileLocked(stage, async (waiting) => {
        stage.wake(0);
        stage.wake(1);
        await until('both want it', async () => (await waiting()) >= 2);
        await pause(2 * stage.world.times.SWEEP_INTERVAL_MS); // both of them have looked by then
      });
      await connected;
    },
  },
  {
    name: 'a delete does not supersede',
    edits: [
      {
        ...VERBS,
        find: '${(0, exports.volumeAsRead)(situation)}, ${nextGeneration(attachmentId)}, ${superseded(attachmentId)},',
        replace: '${(0, exports.volumeAsRead)(situation)}, a as (select * from attachments where id = ${attachmentId}),',
      },
    ],
    caughtBy: 'checker',
    async scenario(stage) {
      const id = await stage.reserved();
      stage.faults({ hangOn: ['initializeConnection'] });
      const connected = stage.update(id, 'h1');
      await stage.driver('initializeConnection', 'begin', id);
      const gone = stage.remove(id);
      await stage.promise({ kind: 'detach' });
      await stage.complete(id);
      await stage.show(id);
      stage.faults({});
      await Promise.all([connected, gone]);
    },
  },
  {
    name: 'the revision of the volume is not compared',
    edits: [
      {
        ...VERBS,
        find: 'where id = ${volume.id} and revision = ${volume.revision} returning *',
        replace: 'where id = ${volume.id} returning *',
      },
    ],
    // Every other one writes late what it has decided.
    lasts: [
      {
        app: 'gateway',
        file: 'libs/attachments/src/attachments.service.js',
        find: 'const row = await this.database.row((0, attachment_statements_js_1.reserveStatement)',
        replace: `globalThis.turns = (globalThis.turns ?? 0) + 1;
          await new Promise((resolve) => setTimeout(resolve, (globalThis.turns % 2) * ${SLOW_MS}));
          const row = await this.database.row((0, attachment_statements_js_1.reserveStatement)`,
      },
    ],
    caughtBy: 'checker',
    async scenario(stage) {
      const volume = await stage.volume();
      await Promise.all([stage.reserve(volume), stage.reserve(volume)]);
    },
  },
  {
    name: 'a claim does not note that a driver may be reached',
    edits: [{ ...CLAIMS, find: "touched = touched or kind in ('attach', 'connect'), updated_at", replace: 'updated_at' }],
    caughtBy: 'ledger',
    // Replies are lost and the next attempt is not yet due: nobody knows what the backend holds.
    async scenario(stage) {
      const id = await stage.reserved();
      stage.faults({ loseReplyOn: ['initializeConnection'] });
      const connected = stage.update(id, 'h1');
      await stage.promise({ state: 'pending', attempts: 3 });
      await Promise.all([stage.remove(id), connected]);
    },
  },
  {
    name: 'a failed attach is not undone',
    edits: [
      { ...ATTACHES, find: 'return this.undo(claim, reason);', replace: 'return this.operations.attachFailed(claim, reason, false);' },
    ],
    caughtBy: 'ledger',
    async scenario(stage) {
      stage.mayFail = true;
      const id = await stage.reserved();
      stage.faults({ failOn: { initializeConnection: { message: 'kaboom', outcome: 'done' } } });
      await stage.update(id, 'h1');
      await stage.show(id);
    },
  },
  {
    name: 'a lease is not looked at',
    edits: [
      {
        ...CLAIMS,
        find: "and (o.lease_until between clock_timestamp() and clock_timestamp() + o.lease_ms * interval '1 ms') is not true",
        replace: '',
      },
    ],
    needs: { workers: 2 },
    caughtBy: 'ledger',
    async scenario(stage) {
      const id = await stage.reserved();
      stage.faults({ latencyMs: { initializeConnection: 2 * SLOW_MS } });
      await stage.update(id, 'h1');
    },
  },
  {
    name: 'a lease does not end',
    edits: [
      {
        ...CLAIMS,
        find: "lease_until = clock_timestamp() + ${times.LEASE_MS} * interval '1 ms', lease_ms = ${times.LEASE_MS}",
        replace: "lease_until = clock_timestamp() + ${times.LEASE_MS} * interval '1 s', lease_ms = ${times.LEASE_MS * 1000}",
      },
    ],
    needs: { workers: 2 },
    caughtBy: 'rows',
    async scenario(stage) {
      const id = await stage.reserved();
      stage.freeze(1);
      stage.faults({ hangOn: ['initializeConnection'] }, 0);
      const connected = stage.update(id, 'h1');
      await stage.driver('initializeConnection', 'begin', id);
      await stage.kill(0);
      stage.wake(1);
      await connected;
    },
  },
  {
    name: 'nobody sweeps',
    edits: [
      {
        app: 'worker',
        file: 'apps/worker/src/sweeper.js',
        find: 'await this.operations.dueVolumes(this.drivers.backends.map(({ name }) => name))',
        replace: '[]',
      },
    ],
    needs: { deaf: true },
    caughtBy: 'rows',
    // Every bell is lost.
    async scenario(stage) {
      await stage.update(await stage.reserved(), 'h1');
    },
  },
  {
    name: 'the row of a delete that was answered is not written',
    edits: [
      {
        ...RESULTS,
        find: 'from o where attachments.id = o.attachment_id and not attachments.deleted returning',
        replace: 'from o where false and attachments.id = o.attachment_id returning',
      },
    ],
    caughtBy: 'checker',
    async scenario(stage) {
      const id = await stage.connected('h1');
      await stage.remove(id);
      await stage.show(id);
    },
  },
  {
    name: 'a repeat with the same connector does not join',
    edits: [{ app: 'gateway', file: 'libs/domain/src/guards.js', find: 'if (inFlight?.digest === digest)', replace: 'if (false)' }],
    caughtBy: 'checker',
    async scenario(stage) {
      const id = await stage.reserved();
      stage.faults({ latencyMs: { initializeConnection: SLOW_MS } });
      const connected = stage.update(id, 'h1');
      await stage.driver('initializeConnection', 'begin', id);
      await Promise.all([stage.update(id, 'h1'), connected]);
    },
  },
  {
    name: 'the connection that another one replaces is not ended',
    edits: [{ ...ATTACHES, find: 'if (replaces)', replace: 'if (false)' }],
    caughtBy: 'ledger',
    async scenario(stage) {
      const id = await stage.connected('h1');
      await stage.update(id, 'h2');
      await stage.complete(id);
    },
  },
  {
    name: 'a volume is free as soon as one of its rows goes',
    edits: [
      {
        app: 'gateway',
        file: 'libs/domain/src/transitions.js',
        find: "{ remaining: 'reserved', volume: 'reserved',",
        replace: "{ remaining: 'reserved', volume: 'available',",
      },
    ],
    caughtBy: 'checker',
    async scenario(stage) {
      const [volume, instance] = [await stage.volume(), 'a7b1a5c0-0000-4000-8000-000000000001'];
      const [one] = [await stage.reserved(volume, instance), await stage.reserved(volume, instance)];
      await stage.remove(one);
      await stage.reserve(volume);
    },
  },
];

/** Holds the rows of the operations while `work` goes on, as a slow neighbour would; `waiting` counts who stands in line. */
async function whileLocked({ world, volumes }: Stage, work: (waiting: () => Promise<number>) => Promise<void>): Promise<void> {
  const holder = new Client({ connectionString: world.databaseUrl });
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query('select 1 from operations where volume_id = any($1) for update', [volumes]);
    await work(async () => {
      const [row] = await world.query(
        `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return Number(row?.waiting);
    });
    await holder.query('rollback');
  } finally {
    await holder.end();
  }
}
