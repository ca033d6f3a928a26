import type { KillPoint } from './fault-plan';
import type { Random } from './random';

type Places = Record<string, Omit<KillPoint, 'name' | 'nth'>>;

const SERVICE = 'libs/attachments/src/attachments.service.js';
const CONTROLLER = 'apps/gateway/src/attachments/attachments.controller.js';
const COMMANDS = 'libs/messaging/src/command.server.js';
const OPERATIONS = 'libs/attachments/src/operations.service.js';
const FAKE = 'libs/drivers/src/fake/fake.driver.js';
const BELL = '`operation ${received.bell.operationId}`';
const CLAIM = '`operation ${claim.operationId}, claim ${claim.call.number}`';
const DRAFT = '`claim ${draft.number}, ${draft.method} of attachment ${draft.attachment}`';
const CONNECTS = `(draft.method === 'initializeConnection' || draft.method === 'terminateConnection')`;

/** The five moments in which a worker may die. The compiled text that a place is named by stands in its file exactly once, or nothing starts. */
export const WORKER_PLACES = {
  'before claim': {
    'the bell in hand': { file: COMMANDS, find: 'await this.dispatch(received.command, received.bell', about: BELL },
  },
  'between claim and driver': {
    'an attach': {
      file: 'apps/worker/src/claim-runner.js',
      find: 'await this.carryOut(claim).then(',
      about: CLAIM,
      when: `claim.kind === 'attach'`,
    },
    'a detach': {
      file: 'apps/worker/src/claim-runner.js',
      find: 'await this.carryOut(claim).then(',
      about: CLAIM,
      when: `claim.kind === 'detach'`,
    },
  },
  'in the driver': {
    'at its beginning': { file: FAKE, find: `this.enter(draft, 'begin', call);`, at: 'after', about: DRAFT, when: CONNECTS },
    'before the effect': { file: FAKE, find: `const verdict = this.enter(draft, 'done', call);`, about: DRAFT, when: CONNECTS },
    'behind the effect': {
      file: FAKE,
      find: `const verdict = this.enter(draft, 'done', call);`,
      at: 'after',
      about: DRAFT,
      when: CONNECTS,
    },
  },
  'between driver and result': {
    'an attach': { file: OPERATIONS, find: 'const row = await this.repeated(async () =>', about: CLAIM, when: `claim.kind === 'attach'` },
    'a detach': { file: OPERATIONS, find: 'const row = await this.repeated(async () =>', about: CLAIM, when: `claim.kind === 'detach'` },
  },
  'between result and reply': {
    'the result committed': { file: COMMANDS, find: 'if (delivery.message.replyTo)', about: BELL },
  },
} satisfies Record<string, Places>;

const ATTACHMENT = '`attachment ${id}`';
const PROMISED = '`operation ${promised.operationId}`';

export const GATEWAY_PLACES = {
  'before its commit': {
    'a reserve': {
      file: SERVICE,
      find: 'const row = await this.database.row((0, attachment_statements_js_1.reserveStatement)',
      about: '`volume ${request.volumeId}`',
    },
    'a create': {
      file: SERVICE,
      find: 'return this.database.row((0, attachment_statements_js_1.reserveToConnect)',
      about: '`volume ${request.volumeId}`',
    },
    'an update': { file: SERVICE, find: 'return this.database.row((0, attachment_statements_js_1.attachIntent)', about: ATTACHMENT },
    'a complete': {
      file: SERVICE,
      find: 'return (await this.database.row((0, attachment_statements_js_1.completeAtOnce)',
      about: ATTACHMENT,
    },
    'a delete': { file: SERVICE, find: 'return this.database.row((0, attachment_statements_js_1.detachIntent)', about: ATTACHMENT },
  },
  'after its commit': {
    'a create': {
      file: CONTROLLER,
      find: 'const promised = (0, noted_js_1.noted)(await this.attachments.beginCreate(caller, { ...request, connector }));',
      at: 'after',
      about: PROMISED,
    },
    'an update': {
      file: CONTROLLER,
      find: 'const promised = (0, noted_js_1.noted)(await this.attachments.beginAttach(caller, id, { connector: attachment.connector, guard }));',
      at: 'after',
      about: PROMISED,
    },
    'a delete': {
      file: CONTROLLER,
      find: 'const begun = await this.attachments.beginDetach(caller, id, this.nova.guardFor(requester));',
      at: 'after',
      about: '`operation ${begun.operationId}`',
      when: `'operationId' in begun`,
    },
  },
  'while waiting': {
    'a look before the end': {
      file: 'apps/gateway/src/operations/operation.waiter.js',
      find: 'const look = await this.look(promised, wait);',
      about: '`operation ${promised.operationId}, a look`',
    },
  },
} satisfies Record<string, Places>;

/** One of the variants of a moment, and at which passage. */
export function killPoint(moment: string, places: Places, random: Random): KillPoint {
  const variant = random.oneOf(Object.keys(places));
  const place = places[variant];
  if (!place) throw new Error(`no place ${variant}`);
  return { ...place, name: `${moment} (${variant})`, nth: random.between(1, 6) };
}
