import { openPostgres } from './open-database.js';

it.each(['postgres://app:hunter2@127.0.0.1:1/x', 'postgres://127.0.0.1:1/x?user=app&password=hunter2'])(
  'says that %s cannot be used, without its password',
  async (DATABASE_URL) => {
    const { message } = await openPostgres({ DATABASE_URL, DATABASE_POOL_SIZE: 1 }).then(
      () => ({ message: 'opened' }),
      (error: Error) => error,
    );

    expect(message).toMatch(/^DATABASE_URL: the database at postgres:\/\/.*\*\*\*.* cannot be used \(/);
    expect(message).not.toContain('hunter2');
  },
);
