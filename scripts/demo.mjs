// The tour: the life of one attachment, over REST and with real bytes, against a Mooring that is running (`npm start`).
//   MOORING_URL   where it listens (default: http://HOST:PORT, as the gateway takes them, else http://127.0.0.1:8776)
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from './nbd-client.mjs';

const { HOST = '127.0.0.1', PORT = '8776' } = process.env;
const url = (process.env.MOORING_URL ?? `http://${HOST}:${PORT}`).replace(/\/$/, '');
const HEADERS = { 'X-Auth-Token': 'demo', 'OpenStack-API-Version': 'volume 3.44', 'Content-Type': 'application/json' };
const PATIENCE_MS = 30_000;
const OFFSET = 1024 * 1024;
const LENGTH = 64 * 1024;

/** A sentence for whoever watches. */
class DemoError extends Error {}

process.stdout.on('error', () => process.exit(0)); // whoever read has seen enough

try {
  await tour();
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  process.stderr.write(`\nThe demo failed: ${error.message}\n`);
  process.exit(1); // a connection to the volume may still be open
}

async function tour() {
  say(`The life of one attachment at ${url}`);

  step('Create a volume of 1 GiB, and wait until it is available');
  const volume = (await call('POST', '/v3/volumes', { volume: { size: 1, name: 'demo' } }, 202)).volume.id;
  await available(volume);

  step('Reserve it for an instance: a row, and no connection yet');
  const instance = randomUUID();
  const reserved = { attachment: { volume_uuid: volume, instance_uuid: instance } };
  const attachment = (await call('POST', '/v3/attachments', reserved, 200)).attachment.id;

  step('Connect the host: the driver gives it its own way to the volume');
  const connector = { host: 'demo-host', ip: '127.0.0.1', platform: 'x86_64', os_type: 'linux', multipath: false };
  const { connection_info: info } = (await call('PUT', `/v3/attachments/${attachment}`, { attachment: { connector } }, 200)).attachment;

  step('Complete it: the instance has its disk');
  await call('POST', `/v3/attachments/${attachment}/action`, { 'os-complete': null }, 204);
  await call('GET', `/v3/attachments/${attachment}`, undefined, 200);

  const live = await writeAndReadBack(info);

  step('Detach: begin, then delete the attachment');
  await call('POST', `/v3/volumes/${volume}/action`, { 'os-begin_detaching': null }, 202);
  await call('DELETE', `/v3/attachments/${attachment}`, undefined, 200);
  await seeThatAccessIsGone(info, live);

  step('Delete the volume');
  await call('DELETE', `/v3/volumes/${volume}`, undefined, 202);
  await gone(volume);
  say(`\nDone: ${LENGTH} bytes went in and came back through the connection_info alone, and nobody reaches them any more.`);
}

/** Answers a connection that is still open. */
async function writeAndReadBack(info) {
  if (info?.driver_volume_type !== 'nbd')
    throw new DemoError(`this tour speaks NBD, and the volume is reached over ${info?.driver_volume_type}`);
  step(`Write ${LENGTH} random bytes, and read them back in a new connection, through nothing but that connection_info`);
  const written = randomBytes(LENGTH);
  const first = await disk(info);
  await first.write(OFFSET, written);
  await first.close();
  say(`   wrote ${LENGTH} bytes at ${OFFSET}: ${written.toString('hex', 0, 16)}... and closed the connection`);
  const second = await disk(info);
  const read = await second.read(OFFSET, LENGTH);
  say(`   read  ${LENGTH} bytes at ${OFFSET}: ${read.toString('hex', 0, 16)}... in a new connection`);
  if (!read.equals(written)) throw new DemoError('what was read is not what was written');
  say('   they are the same');
  return second;
}

async function seeThatAccessIsGone(info, live) {
  step('See that access is gone: for the connection that was open, and for a new one');
  const cut = await refusal(() => live.read(OFFSET, LENGTH));
  if (cut === null) throw new DemoError('the connection that was open can still read');
  say(`   the open connection was cut: ${cut}`);
  const refused = await refusal(async () => (await connect(info)).close());
  if (refused === null) throw new DemoError('the old connection_info still opens the volume');
  if (!refused.startsWith('the NBD server refused')) throw new DemoError(`nobody refused the old connection_info: ${refused}`);
  say(`   a new one is refused: ${refused}`);
}

async function refusal(attempt) {
  try {
    await attempt();
    return null;
  } catch (error) {
    return error.message.split(' (')[0]; // without the TLS library's own words
  }
}

async function disk(info) {
  try {
    return await connect(info);
  } catch (cause) {
    throw new DemoError(`the volume cannot be reached at ${info.host}:${info.port} (${cause.message})`, { cause });
  }
}

async function available(volume) {
  const path = `/v3/volumes/${volume}`;
  await until('the volume is available', async () => {
    const { status } = (await request('GET', path)).body.volume;
    if (status === 'error') throw new DemoError('the volume could not be made: does a worker serve a backend?');
    return status === 'available';
  });
  say(`   GET ${path} -> status available`);
}

async function gone(volume) {
  const path = `/v3/volumes/${volume}`;
  await until('the volume is gone', async () => (await request('GET', path)).status === 404);
  say(`   GET ${path} -> 404`);
}

async function until(what, look) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await look())) {
    if (Date.now() > end) throw new DemoError(`not within ${PATIENCE_MS / 1000} s: ${what}`);
    await pause(100);
  }
}

/** Prints the call and its answer. @throws DemoError unless it has the status. */
async function call(method, path, body, wanted) {
  say(`   ${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
  const answer = await request(method, path, body);
  say(`   -> ${answer.status}${answer.body === null ? '' : ` ${JSON.stringify(answer.body, masked)}`}`);
  if (answer.status !== wanted) throw new DemoError(`${method} ${path} was answered ${answer.status}, not ${wanted}`);
  return answer.body;
}

async function request(method, path, body) {
  const response = await reached(`${url}${path}`, {
    method,
    headers: HEADERS,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: parsed(text) };
}

async function reached(address, options) {
  try {
    return await fetch(address, options);
  } catch (cause) {
    throw new DemoError(`nothing answers at ${url} (${cause.cause?.code ?? cause.message}): start it with npm start, or set MOORING_URL`, {
      cause,
    });
  }
}

function parsed(text) {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new DemoError(`what answers at ${url} does not speak JSON: it is no Mooring`);
  }
}

function masked(key, value) {
  return key === 'auth_password' ? '***' : value;
}

function step(what) {
  step.count = (step.count ?? 0) + 1;
  say(`\n${step.count}. ${what}`);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
