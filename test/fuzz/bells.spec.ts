import { randomUUID } from 'node:crypto';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { isolatedBroker } from '../support/rabbitmq';
import { until } from '../support/until';
import { startWorld, type World } from '../support/world';
import { IS_LONG, SEED } from './form';
import { oddBells } from './odd-bells';

const BELLS = IS_LONG ? 5_000 : 500;

let server: Awaited<ReturnType<typeof isolatedBroker>>;
let world: World;
let broker: ChannelModel;
let channel: ConfirmChannel;

beforeAll(async () => {
  // Its dead letters are counted.
  server = await isolatedBroker();
  world = await startWorld({ amqpUrl: server.url });
  broker = await connect(world.amqpUrl);
  channel = await broker.createConfirmChannel();
}, 120_000);
afterAll(async () => {
  await broker.close();
  await world.stop();
  await server.remove();
});

const messagesIn = async (queue: string): Promise<number> => (await channel.checkQueue(queue)).messageCount;

/** All that could change if somebody believed a bell. */
const rows = async () => [
  await world.query('select * from volumes order by id'),
  await world.query('select * from attachments order by id'),
  await world.query('select * from operations order by id'),
  world.ledger.entries,
];

it(`of ${BELLS} odd bells those that cannot be read are parked, and nothing is carried out that has no operation row`, async () => {
  const { id: attachment, volume } = await world.attachedAttachment();
  await world.settled();
  const before = await rows();
  const bells = oddBells({ volume, attachment }, SEED, BELLS);

  for (const { type, headers, body } of bells) {
    channel.publish('mooring.commands', world.backend, body, { type, headers, messageId: randomUUID(), contentType: 'application/json' });
  }
  await channel.waitForConfirms();
  const unreadable = bells.filter(({ isBell }) => !isBell).length;
  await until(`${unreadable} are parked`, async () => (await messagesIn('mooring.dead-letter')) >= unreadable, 60_000);
  const later = await world.attachingAttachment(); // its bell stands behind all of them

  expect(later.connectionInfo).toBeDefined();
  expect(unreadable).toBeGreaterThan(BELLS / 2);
  expect(bells.length - unreadable).toBeGreaterThan(BELLS / 20);
  expect(await messagesIn('mooring.dead-letter')).toBe(unreadable);
  expect(await messagesIn(`mooring.backend.${world.backend}`)).toBe(0);
  const after = await rows();
  expect(after.map((all) => withoutLater(all, later))).toEqual(before);
}, 180_000);

/** What came of the attach behind the odd ones. */
const withoutLater = (all: object[], { id, volume }: { id: string; volume: string }): object[] =>
  all.filter((row) => ![id, volume].some((known) => JSON.stringify(row).includes(known)));
