import { randomUUID } from 'node:crypto';
import { CONTROLLERS, PolicyConfig } from '../../../apps/gateway/src/gateway.module';
import { routesOf } from '../../../apps/gateway/src/openapi/api-routes';
import { KeystoneWorld, UNAUTHORIZED } from '../../support/keystone-world';
import type { Answer } from '../../support/started-apps';
import { ask, type Cell, cellsOf, type Defaults, eachOf, objectOf, tabled } from './authorization/matrix';
import { Objects } from './authorization/objects';
import { ANOTHER, OPERATIONS } from './authorization/operations';
import { ALL, type People, people, type Persona } from './authorization/personas';

/*
 * Who may do what, by tables from the contract and not by the rules of the code (spec: attachments-api §3.1): every persona, every route and
 * action, to what is in each project and what is nowhere; without a service token, with a good one, and with each that is none.
 */

const DEFAULT_TYPE = 'the-default';

let given: KeystoneWorld;
let who: People;
let objects: Objects;
const serviceTokens: Record<string, string> = {};
let before: unknown[];
let cells = 0;

beforeAll(async () => {
  given = await KeystoneWorld.start({ world: { gateway: { DEFAULT_VOLUME_TYPE: DEFAULT_TYPE } } });
  const { world, keystone, nova, member } = given;
  await world.startGateway(undefined, Object.assign(new PolicyConfig(), { ENFORCE_NEW_DEFAULTS: 'false' }));
  await world.query('insert into volume_types (id, name) values ($1, $2)', [randomUUID(), DEFAULT_TYPE]);
  who = await people(given);
  serviceTokens.good = await nova.token();
  serviceTokens['of somebody who is no service'] = await member.token();
  serviceTokens.forged = `${serviceTokens.good.slice(0, -9)}${[...serviceTokens.good.slice(-9)].reverse().join('')}`;
  await keystone.tokensLast(1);
  serviceTokens.expired = await nova.token();
  await keystone.tokensLast(3600);
  objects = await Objects.open(world);
  await objects.fresh('volume', who.projects.here.id, ANOTHER);
  for (const on of new Set(OPERATIONS.map((operation) => operation.on))) {
    for (const { id } of Object.values(who.projects)) if (on !== 'nothing') await objects.untouched(on, id);
  }
  before = await objects.state();
}, 180_000);
afterAll(async () => {
  await objects.close();
  await given.stop();
});

const spoken = ({ operation, where }: Cell, status: number, refusal: string) => `${operation.name} ${where ?? ''} ${status} ${refusal}`;

function expected(cell: Cell, defaults: Defaults): string {
  const status = tabled(cell, defaults);
  return spoken(cell, status, status === 403 ? `Policy doesn't allow ${cell.operation.rule} to be performed.` : '');
}

async function heard(cell: Cell, defaults: Defaults, service: string): Promise<string> {
  const status = tabled(cell, defaults);
  const answer = await asked(cell, defaults, { id: await objectOf(cell, status, objects, who), service });
  return spoken(cell, answer.status, answer.status === 403 ? (answer.body.forbidden.message as string) : '');
}

/** About what is there, so that nothing else could be the reason. */
async function unheard(cell: Cell, defaults: Defaults, service: string): Promise<Answer> {
  const { operation, where } = cell;
  const project = who.projects[where === null || where === 'there' ? 'here' : where];
  return asked(cell, defaults, { id: await objects.untouched(operation.on, project.id), service });
}

function asked({ persona, operation }: Cell, defaults: Defaults, { id, service }: { id: string; service: string }): Promise<Answer> {
  cells++;
  const gateway = given.world.gateways[defaults === 'now' ? 0 : 1] ?? given.world.gateway;
  const { [service]: serviceToken } = serviceTokens;
  return ask(gateway, operation, id, {
    'X-Auth-Token': who.tokens[persona],
    ...(serviceToken !== undefined && { 'X-Service-Token': serviceToken }),
  });
}

it('every route and action has its line', () => {
  const routes = routesOf(CONTROLLERS).flatMap(({ verbs, path, actions }) => {
    const called = verbs.map((verb) => `${verb.toUpperCase()} ${path.replace(/^\/v3(?=\/.)/, '')}`);
    return actions ? called.flatMap((call) => [...actions.keys()].map((action) => `${call} ${action}`)) : called;
  });
  const asked = OPERATIONS.map(({ name }) => name);

  expect([...asked, 'GET /', 'POST /', 'GET /v3/'].sort()).toEqual(routes.sort());
});

describe.each(['now', 'formerly'] as const)('by the defaults that are in force %s', (defaults) => {
  describe.each(ALL)('%s', (persona: Persona) => {
    const row = cellsOf(persona, OPERATIONS);

    it.each(['none', 'good'])(
      'with a service token that is %s',
      async (service) => {
        const answers = await eachOf(row, (cell) => heard(cell, defaults, service));

        expect(answers).toEqual(row.map((cell) => expected(cell, defaults)));
      },
      120_000,
    );

    it.each(['of somebody who is no service', 'expired', 'forged'])(
      'with a service token that is %s nothing is said but 401',
      async (service) => {
        const answers = await eachOf(row, (cell) => unheard(cell, defaults, service));

        for (const answer of answers) expect(answer).toMatchObject({ status: 401, body: UNAUTHORIZED });
      },
      120_000,
    );
  });
});

it('nothing that was refused has changed anything', async () => {
  expect(await objects.state()).toEqual(before);
});

/** Of each persona 31 calls about something of a project in 4 places, 21 about what is everybody's in 2, and 13 about nothing. */
it('every cell was asked', () => {
  expect(cells).toBe(2 * 12 * 5 * (31 * 4 + 21 * 2 + 13));
});
