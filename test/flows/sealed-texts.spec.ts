import { startWorld, type World } from '../support/world';

/** Whoever can write to the database must not be able to have one connection's secrets answered, or used, as another's. */
let world: World;
beforeAll(async () => (world = await startWorld({ gateway: { WAIT_LIMIT_MS: 1_000 } })), 120_000);
afterAll(() => world.stop());

type Attachment = Awaited<ReturnType<World['attachingAttachment']>>;
const secretOf = ({ connectionInfo }: Attachment): string => connectionInfo.auth_password as string;
const sealedIn = async (column: string, { id }: Attachment): Promise<string> => (await world.attachmentRow(id))[column] as string;
const write = (column: string, { id }: Attachment, text: string) =>
  world.query(`update attachments set ${column} = $1 where id = $2`, [text, id]);

/** What is put where `own` connection_info belongs. */
const MOVED: [string, (own: Attachment, other: Attachment) => Promise<string>][] = [
  ['that of another row', (_, other) => sealedIn('connection_info', other)],
  ['another column of the row', (own) => sealedIn('connector', own)],
  ['another column of another row', (_, other) => sealedIn('connector', other)],
  ['its own with a bit changed', async (own) => changed(await sealedIn('connection_info', own))],
  ['its own under the name of another key', async (own) => (await sealedIn('connection_info', own)).replace(/^v1\.\w+/, 'v1.00000000')],
  ['a text that nobody sealed', async () => JSON.stringify({ driver_volume_type: 'iscsi' })],
];

/** Of the bytes, not of what stands around them. */
function changed(sealed: string): string {
  const at = sealed.length - 8;
  return sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
}

it.each(MOVED)('given a connection_info is replaced by %s, then it is answered to nobody, and put back it is', async (_, text) => {
  const [own, other] = [await world.attachingAttachment(), await world.attachingAttachment()];
  const before = await sealedIn('connection_info', own);
  await write('connection_info', own, await text(own, other));

  const shown = await world.request('GET', `/v3/attachments/${own.id}`);
  const listed = await world.request('GET', `/v3/attachments/detail?volume_id=${own.volume}`);
  await write('connection_info', own, before);
  const whole = await world.request('GET', `/v3/attachments/${own.id}`);

  expect([shown.status, listed.status, whole.status]).toEqual([500, 500, 200]);
  for (const { text: words } of [shown, listed]) {
    expect(JSON.parse(words).computeFault.message).toBe(
      'The server has either erred or is incapable of performing the requested operation.',
    );
  }
  expect(whole.body.attachment.connection_info.auth_password).toBe(secretOf(own));
});

it('given a connector is replaced by that of another row, then no driver is called for the other one, and put back the detach goes on', async () => {
  const [own, other] = [await world.attachingAttachment(), await world.attachingAttachment()];
  const before = await sealedIn('connector', own);
  await write('connector', own, await sealedIn('connector', other));

  const deleted = await world.request('DELETE', `/v3/attachments/${own.id}`);
  const terminated = world.ledger.entries.filter(({ method }) => method === 'terminateConnection');
  await write('connector', own, before);
  const again = await world.request('DELETE', `/v3/attachments/${own.id}`);

  expect(deleted.status).toBeGreaterThanOrEqual(500);
  expect(terminated).toEqual([]);
  expect(again.status).toBe(200);
  await world.settled();
  expect(world.ledger.connections.map(({ attachment }) => attachment)).toContain(other.id);
});
