import { type Check, Health, type HealthSettings } from './health.js';
import { healthAnswer, type HealthPath, healthPath, isStrict } from './health-answers.js';
import { Lifecycle } from './lifecycle.js';

const check = (name: string, required: boolean, reason: string | null): Check => ({ name, required, look: () => reason });
const well = [check('database', true, null), check('broker', false, null)];
const made = (checks: Check[], settings: HealthSettings = {}, lifecycle = new Lifecycle()) => new Health(lifecycle, checks, settings);
const ask = (health: Health, path: HealthPath, more: { isHead?: boolean; accept?: string; strict?: boolean } = {}) =>
  healthAnswer(health, { path, isHead: false, strict: false, ...more });

it.each([
  ['all is well', null, null, 'ready'],
  ['only the broker is away', null, 'not connected', 'degraded'],
  ['the database is away', 'no answer', null, 'unready'],
  ['both are away', 'no answer', 'not connected', 'unready'],
])('given %s', async (_, database, broker, status) => {
  const report = await made([check('database', true, database), check('broker', false, broker)]).report();

  expect(report).toEqual({
    status,
    checks: new Map([
      ['database', database],
      ['broker', broker],
    ]),
  });
});

it('a process that drains is not ready, however well it is', async () => {
  const lifecycle = new Lifecycle();
  const health = made(well, {}, lifecycle);
  await health.report();

  lifecycle.drain();

  expect((await health.report()).status).toBe('draining');
  expect(await ask(health, '/readyz')).toMatchObject({ status: 503 });
  expect(await ask(health, '/healthcheck')).toMatchObject({ status: 503, body: 'draining' });
  expect(await ask(health, '/livez')).toMatchObject({ status: 200, body: 'OK' });
});

it('however many ask, it is looked once while the answer is fresh, and then anew', async () => {
  const look = jest.fn(async () => null);
  const health = made([{ name: 'database', required: true, look }], { freshMs: 50 });

  await Promise.all(Array.from({ length: 100 }, () => health.report()));
  await health.report();
  expect(look).toHaveBeenCalledTimes(1);

  await new Promise((later) => setTimeout(later, 60));
  await health.report();
  expect(look).toHaveBeenCalledTimes(2);
});

it('a look that hangs is given up after its limit, and not asked again until it has come back', async () => {
  let come: (reason: null) => void = () => undefined;
  const look = jest.fn(() => new Promise<null>((resolve) => (come = resolve)));
  const health = made([{ name: 'database', required: true, look }], { freshMs: 0, limitMs: 20 });

  for (let asked = 0; asked < 3; asked++) expect((await health.report()).checks.get('database')).toBe('no answer within 20 ms');
  expect(look).toHaveBeenCalledTimes(1);

  come(null);
  await new Promise(setImmediate);
  look.mockResolvedValueOnce(null);
  expect((await health.report()).status).toBe('ready');
  expect(look).toHaveBeenCalledTimes(2);
});

it('what a look throws is for the log alone, and only when the outcome changes', async () => {
  const changed = jest.fn();
  const error = new Error('connect ECONNREFUSED db.example.org:5432 password=hunter2');
  const look = jest.fn<Promise<null>, []>().mockRejectedValueOnce(error).mockRejectedValueOnce(error).mockResolvedValue(null);
  const health = made([{ name: 'database', required: true, look }], { freshMs: 0, changed });

  const { status, body } = await ask(health, '/readyz');
  await health.report();
  await health.report();

  expect(status).toBe(503);
  expect(body).toBe(
    '{"status":"unready","checks":{"database":{"status":"failed","reason":"cannot be reached or does not answer as it should"}}}',
  );
  expect(changed.mock.calls).toEqual([
    ['database', expect.any(String), error],
    ['database', null, undefined],
  ]);
});

it('serving with less is ready for a load balancer, and not for whoever asks strictly', async () => {
  const health = made([check('database', true, null), check('broker', false, 'not connected')]);

  expect(await ask(health, '/readyz')).toMatchObject({ status: 200, body: expect.stringContaining('"degraded"') as string });
  expect(await ask(health, '/readyz', { strict: true })).toMatchObject({ status: 503 });
  expect(await ask(health, '/healthcheck')).toMatchObject({ status: 200, body: 'OK' });
});

it.each([
  ['text, unless something else is asked for', undefined, 'text/plain; charset=UTF-8', 'OK'],
  ['text for whoever takes anything', '*/*', 'text/plain; charset=UTF-8', 'OK'],
  ['JSON', 'application/json', 'application/json', '{\n    "detailed": false,\n    "reasons": [\n        "OK"\n    ]\n}'],
  ['HTML for a browser', 'text/html,application/xhtml+xml', 'text/html; charset=UTF-8', expect.stringContaining('<li>OK</li>') as string],
])('/healthcheck is %s', async (_, accept, type, body) => {
  expect(await ask(made(well), '/healthcheck', { accept })).toEqual({ status: 200, type, body });
});

it('/healthcheck says why not, and HEAD says it by its status alone', async () => {
  const away = made([check('database', true, 'no answer'), check('broker', false, 'not connected')]);

  expect(await ask(away, '/healthcheck')).toMatchObject({ status: 503, body: 'database: no answer\nbroker: not connected' });
  expect(await ask(away, '/healthcheck', { isHead: true })).toMatchObject({ status: 503, body: '' });
  expect(await ask(made(well), '/healthcheck', { isHead: true })).toMatchObject({ status: 204, body: '' });
});

it.each([
  ['/readyz?strict', '/readyz', true],
  ['/livez', '/livez', false],
  ['/readyz/x', null, false],
  ['/', null, false],
])('takes %s for %s', (url, path, strict) => {
  expect([healthPath(url), isStrict(url)]).toEqual([path, strict]);
});
