import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { createDatabase } from '../support/postgres';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { admin, adminJson } from './admin-cli';

const NOBODY_THERE = 'amqp://127.0.0.1:1';

let world: World;
let settings: Record<string, string>;
beforeAll(async () => {
  world = await startWorld();
  settings = { DATABASE_URL: world.databaseUrl, AMQP_URL: world.amqpUrl };
  await admin({}, '--help'); // builds it
}, 120_000);
afterAll(() => world.stop());

describe('the command line on PostgreSQL', () => {
  it('creates, lists, shows and deletes volumes by way of the workers', async () => {
    const made = await adminJson(settings, 'volume', 'create', 'data', '--size', '2', '--project', 'p1', '--wait');
    const listed = await adminJson(settings, 'volume', 'list', '--project', 'p1');
    const shown = await adminJson(settings, 'volume', 'show', made.id);
    const deleted = await adminJson(settings, 'volume', 'delete', made.id, '--wait');
    const gone = await admin(settings, 'volume', 'show', made.id);

    expect(made).toMatchObject({ name: 'data', size: 2, project_id: 'p1', status: 'available' });
    expect(listed).toEqual([expect.objectContaining({ id: made.id, status: 'available', host: `${world.backend}#fake` })]);
    expect(shown).toMatchObject({ id: made.id, attachments: [], encrypted: false });
    expect(deleted).toMatchObject({ id: made.id, status: 'deleted' });
    expect(gone).toEqual({ code: 1, stdout: '', stderr: `Volume ${made.id} could not be found.\n` });
  }, 60_000);

  it('given that RabbitMQ is away, then the workers find the work by themselves', async () => {
    const made = await adminJson({ ...settings, AMQP_URL: NOBODY_THERE }, 'volume', 'create', '--size', '1', '--wait');

    expect(made.status).toBe('available');
    const operation = await adminJson(settings, 'operation', 'show', made.operation);
    expect(operation).toMatchObject({ kind: 'create-volume', state: 'succeeded', volume_id: made.id, backend: world.backend });
  }, 60_000);

  it('shows attachments and their operations without a key, and no secret of them', async () => {
    const { id, volume, connectionInfo } = await world.attachedAttachment(undefined, aConnector('tempest-7'));

    const listed = await adminJson(settings, 'attachment', 'list', '--volume', volume);
    const shown = await admin(settings, 'attachment', 'show', id);
    const operations = await adminJson(settings, 'operation', 'list', '--attachment', id);

    expect(listed).toEqual([expect.objectContaining({ id, volume_id: volume, attach_status: 'attached', host: 'tempest-7' })]);
    expect(shown.stdout).toMatch(/│ connection_info +│ \(sealed\)/);
    expect(operations).toMatchObject([
      { kind: 'complete', state: 'succeeded' },
      { kind: 'attach', state: 'succeeded' },
    ]);
    for (const secret of [connectionInfo.auth_password, aConnector('tempest-7').initiator]) expect(shown.stdout).not.toContain(secret);
  }, 60_000);

  it('refuses to delete a volume that is connected, in the words of the API', async () => {
    const { volume } = await world.attachingAttachment();

    const refused = await admin(settings, 'volume', 'delete', volume);

    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Invalid volume: Volume status must be available/),
    });
  });

  it('lists backends, and shows dead letters and leaves them where they are', async () => {
    const id = randomUUID();
    const broker = await connect(world.amqpUrl);
    const channel = await broker.createConfirmChannel();
    channel.publish('mooring.commands', world.backend, Buffer.from('no bell'), { messageId: id });
    await channel.waitForConfirms();
    await broker.close();

    const letters = (): Promise<{ id: string }[]> => adminJson(settings, 'dead-letter', 'list', '--limit', '10000');
    await until('the dead letter is there', async () => (await letters()).some((letter) => letter.id === id));
    const shown = await adminJson(settings, 'dead-letter', 'show', id);

    expect(shown).toMatchObject({ id, queue: `mooring.backend.${world.backend}`, reason: 'rejected', body: 'no bell' });
    expect((await letters()).some((letter) => letter.id === id)).toBe(true);
    expect(await adminJson(settings, 'backend', 'list')).toMatchObject([{ name: world.backend, driver: 'fake', up: true }]);
  }, 60_000);

  it('says that a broker cannot be asked for dead letters, and that none was named', async () => {
    const { AMQP_URL: _, ...unnamed } = settings;

    expect(await admin({ ...settings, AMQP_URL: 'amqp://app:secret@127.0.0.1:1' }, 'dead-letter', 'list')).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^AMQP_URL: RabbitMQ at amqp:\/\/app:\*\*\*@127\.0\.0\.1:1 cannot be asked \(.*ECONNREFUSED.*\)\.\n$/),
    });
    expect(await admin(unnamed, 'dead-letter', 'list')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^AMQP_URL is not set/) });
  });
});

it('says what an empty database lacks, mends it, finds it fit, and says that nobody works on it', async () => {
  const empty = { DATABASE_URL: await createDatabase() };

  const behind = await admin(empty, 'db', 'check');
  const used = await admin(empty, 'volume', 'list');
  const migrated = await admin(empty, 'db', 'migrate');
  const again = await admin(empty, 'db', 'migrate');
  const fit = await admin(empty, 'db', 'check');
  const unserved = await admin(empty, 'volume', 'create', '--size', '1', '--wait');

  expect(behind).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /^The schema is behind: FirstTables\d+, PruningIndexes\d+, UnfinishedByVolume\d+, VolumeTypeEncryption\d+ not applied\./,
    ),
  });
  expect(used).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^The database cannot be used\. The schema is behind/) });
  expect(migrated).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^migrated FirstTables\d+\nmigrated PruningIndexes\d+\nmigrated UnfinishedByVolume\d+\nmigrated VolumeTypeEncryption\d+\n$/,
    ),
  });
  expect(again).toMatchObject({ code: 0, stdout: 'up to date\n' });
  expect(fit).toMatchObject({ code: 0, stdout: expect.stringMatching(/result +│ ok/) });
  expect(unserved).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/status +│ error/),
    stderr: expect.stringMatching(/^No worker serves/),
  });
}, 60_000);

describe('wrong usage is exit code 2, and nothing on standard output', () => {
  it.each([
    ['an unknown verb', ['volume', 'fetch'], `error: unknown command 'fetch'`],
    ['no verb', ['volume'], 'Usage: mooring-admin volume'],
    ['an unknown option', ['volume', 'list', '--colour'], `error: unknown option '--colour'`],
    ['a missing argument', ['volume', 'show'], `error: missing required argument 'id'`],
    ['a missing option', ['volume', 'create'], `error: required option '-s, --size <GiB>' not specified`],
    ['a wrong value', ['volume', 'create', '--size', '0'], 'It takes a whole number from 1'],
    ['a wrong format', ['volume', 'list', '-f', 'yaml'], 'Allowed are table and json.'],
  ])('%s', async (_, args, said) => {
    expect(await admin({}, ...args)).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(said) });
  });
});

describe('--help is exit code 0, and shows examples', () => {
  it.each([[[]], [['volume']], [['volume', 'create']]])('of %j', async (args) => {
    const { code, stdout, stderr } = await admin({}, ...args, '--help');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^Usage: ${['mooring-admin', ...args].join(' ')} [^]*\nExamples:\n  mooring-admin ${args.join(' ')}`),
    );
  });
});

it('names what is wrong with the environment', async () => {
  const { code, stderr } = await admin({ DATABASE_URL: 'mysql://x', LEASE_MS: '-1' }, 'volume', 'list');

  expect(code).toBe(1);
  expect(stderr).toMatch(/^LEASE_MS is "-1", .*$/m);
  expect(stderr).toMatch(/^DATABASE_URL is "mysql:\/\/x", .*$/m);
});
